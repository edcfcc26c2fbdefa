package import Buffers
import IPLD
package import Multiformats
package import UnixFS

/// Follows paths from block to block: UnixFS names, keys and indexes of dag-cbor and dag-json.
///
/// - Spec: IPFS Path Gateway, "Content resolution".
package struct PathResolver: Sendable {
    private let access: ContentAccess

    /// Resolves over the blocks of a library, and remembers what it found there.
    package init(_ access: ContentAccess) { self.access = access }

    /// Finds what a path leads to. The block at the end is not read.
    ///
    /// - Parameters:
    ///   - path: cleaned already.
    ///   - memory: what the blocks on the way are accounted in; to be kept as long as what is returned.
    /// - Returns: the end of the path, and what was crossed to get there.
    /// - Throws: `.blockNotFound`, `.linkNotFound`, `.undecodable`, `.notUnixFS`, `.tooDeep`,
    ///   `.storage`, `.tooMuchMemory`, `.overloaded`, and as `RequestContext.check()`.
    package func resolve(
        _ path: ContentPath, in memory: @autoclosure () -> StateShare
    ) throws(ContentError) -> Resolution {
        guard !path.segments.isEmpty else { return Resolution(root: path.root) }
        let key = ResolutionCache.Key(root: path.root, segments: path.segments)
        let cache = access.library.resolutions
        if let known = cache.resolution(of: key) { return known }
        var steps = PathSteps(path, access, memory())
        let resolution = try steps.run()
        cache.remember(resolution, for: key)
        return resolution
    }

    /// Looks one name up in a folder.
    ///
    /// - Returns: in memory of its own; nil when it has no entry of that name.
    /// - Throws: as `resolve(_:)`; `.linkNotFound` for what is no folder.
    package func entry(named name: Bytes, in folder: CID) throws(ContentError) -> DirectoryEntry? {
        let steps = PathSteps(
            ContentPath(root: folder, segments: []), access, access.makeStateShare())
        return try steps.search(for: name).entry?.compacted()
    }
}

/// One resolution on its way.
private struct PathSteps {
    private let reader: BlockReader
    private var cid: CID
    private var rest: ArraySlice<Bytes>
    private var roots: [CID]
    private var crossed: [CID] = []
    private let memory: StateShare

    init(_ path: ContentPath, _ access: ContentAccess, _ memory: StateShare) {
        self.memory = memory
        reader = access.makeReader()
        cid = path.root
        rest = path.segments[...]
        roots = [path.root]
    }

    mutating func run() throws(ContentError) -> Resolution {
        while let segment = rest.first {
            // Blocks that are nothing but a link use up no segment.
            try memory.makeRoom { reader.release() }
            guard crossed.count <= Limits.crossedBlocksMax else {
                throw ContentError(
                    .tooDeep, "the path crosses more than \(Limits.crossedBlocksMax) blocks",
                    cid: cid)
            }
            switch cid.codec {
            case .dagPB:
                try enterFolder(segment)
            case .dagCBOR, .dagJSON, .cbor, .json:
                if let range = try enterValue() {
                    return result(remainder: Array(rest), valueRange: range)
                }
            default:
                _ = try reader.block(cid)
                throw .linkNotFound(segment, under: cid)
            }
        }
        return result(remainder: [], valueRange: nil)
    }

    private func result(remainder: [Bytes], valueRange: Range<Int>?) -> Resolution {
        Resolution(
            cid: cid, roots: roots, crossed: crossed, remainder: remainder,
            valueRange: valueRange)
    }

    private mutating func enterFolder(_ name: Bytes) throws(ContentError) {
        let lookup = try search(for: name)
        guard let entry = lookup.entry else { throw .linkNotFound(name, under: cid) }
        try cross(cid)
        for shard in lookup.shards { try cross(shard) }
        cid = entry.cid.compacted()
        rest.removeFirst()
        roots.append(cid)
    }

    private mutating func cross(_ cid: CID) throws(ContentError) {
        // Twice, for the room that an array keeps free.
        try memory.take(2 * MemoryLayout<CID>.stride + cid.outsideByteCount)
        crossed.append(cid)
    }

    /// Looks a name up in the folder at hand. Of its blocks only one is in memory at a time.
    func search(for name: Bytes) throws(ContentError) -> DirectoryLookup {
        var search = DirectorySearch(for: name)
        var next = cid
        while true {
            do {
                switch try search.step(in: try reader.named(next)) {
                case .end(let lookup): return lookup
                case .shard(let shard): next = shard.compacted()
                }
            } catch let error as UnixFSError where error.code == .notADirectory {
                throw .linkNotFound(name, under: cid)
            } catch {
                throw ContentError(error, in: cid)
            }
        }
    }

    /// Goes to the next block, or says where the value is that the path ends at.
    private mutating func enterValue() throws(ContentError) -> Range<Int>? {
        let step: IPLDPath.Step
        do {
            step = try IPLDPath.step(rest, in: try reader.named(cid))
        } catch {
            throw ContentError(error, in: cid)
        }
        switch step {
        case .value(let range):
            roots += repeatElement(cid, count: rest.count)
            return range
        case .missing(let index):
            throw .linkNotFound(rest[rest.startIndex + index], under: cid)
        case .link(let next, let used):
            try cross(cid)
            // Segments that stay inside a value end in its block. A block that is nothing but a link
            // uses none.
            if used > 1 { roots += repeatElement(cid, count: used - 1) }
            cid = next.compacted()
            if used > 0 { roots.append(cid) }
            rest = rest.dropFirst(used)
            return nil
        }
    }
}

extension ContentError {
    /// The error for a name or key that a block does not have, in Kubo's words.
    package static func linkNotFound(_ name: Bytes, under cid: CID) -> ContentError {
        ContentError(
            .linkNotFound,
            "no link named \"\(name.displayText(upTo: Limits.quotedNameBytesMax))\" under "
                + cid.text(), cid: cid)
    }
}
