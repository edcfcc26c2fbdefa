package import Buffers
import IPLD
package import Multiformats
import UnixFS

/// Follows paths from block to block: UnixFS names, keys and indexes of dag-cbor and dag-json.
///
/// - Spec: gateway 3.3.
package struct PathResolver: Sendable {
    private let library: Library

    /// Resolves over the blocks of a library, and remembers what it found there.
    package init(_ library: Library) { self.library = library }

    /// Finds what a path leads to. The block at the end is not read.
    ///
    /// - Parameter path: cleaned already.
    /// - Returns: the end of the path, and what was crossed to get there.
    /// - Throws: `.blockNotFound`, `.linkNotFound`, `.undecodable`, `.notUnixFS`, `.tooDeep`,
    ///   `.storage`.
    package func resolve(_ path: ContentPath) throws(ContentError) -> Resolution {
        let key = ResolutionCache.Key(root: path.root, segments: path.segments)
        if let known = library.resolutions.resolution(of: key) { return known }
        var steps = PathSteps(path, blocks: library.blocks)
        let resolution = try steps.run()
        if !path.segments.isEmpty { library.resolutions.remember(resolution, for: key) }
        return resolution
    }
}

/// One resolution on its way.
private struct PathSteps {
    private let blocks: LocalBlocks
    private var cid: CID
    private var rest: ArraySlice<Bytes>
    private var roots: [CID]
    private var crossed: [CID] = []

    init(_ path: ContentPath, blocks: LocalBlocks) {
        self.blocks = blocks
        cid = path.root
        rest = path.segments[...]
        roots = [path.root]
    }

    mutating func run() throws(ContentError) -> Resolution {
        while let segment = rest.first {
            let block = try blocks.named(cid)
            switch cid.codec {
            case .dagPB:
                try enterFolder(block, segment)
            case .dagCBOR, .dagJSON, .cbor, .json:
                if let value = try enterValue(block) {
                    return result(remainder: Array(rest), value: value)
                }
            default:
                throw .linkNotFound(segment, under: cid)
            }
        }
        return result(remainder: [], value: nil)
    }

    private func result(remainder: [Bytes], value: IPLDValue?) -> Resolution {
        Resolution(cid: cid, roots: roots, crossed: crossed, remainder: remainder, value: value)
    }

    private mutating func enterFolder(_ block: Block, _ name: Bytes) throws(ContentError) {
        do {
            let entry: DirectoryEntry?
            switch try UnixFSNode.read(block) {
            case .directory(let folder):
                entry = folder.entry(named: name)
                crossed.append(cid)
            case .shard(let shard):
                let lookup = try shard.lookup(name, from: blocks)
                entry = lookup.entry
                crossed.append(cid)
                crossed += lookup.shards.map(\.cid)
            case .file, .raw, .symlink:
                entry = nil
            }
            guard let entry else { throw ContentError.linkNotFound(name, under: cid) }
            cid = entry.cid
        } catch {
            throw ContentError(error, in: block.cid)
        }
        rest.removeFirst()
        roots.append(cid)
    }

    /// Goes to the next block, or gives the value that the path ends at.
    private mutating func enterValue(_ block: Block) throws(ContentError) -> IPLDValue? {
        let step: IPLDPath.Step
        var found = IPLDValue.null
        do {
            step = try IPLDPath.step(rest, in: block)
            if case .value(let range) = step {
                found = try IPLDCodec.decode(block.bytes[range], as: cid.codec, .reading)
            }
        } catch {
            throw ContentError(error, in: cid)
        }
        switch step {
        case .value:
            roots += repeatElement(cid, count: rest.count)
            return found
        case .missing(let index):
            throw .linkNotFound(rest[rest.startIndex + index], under: cid)
        case .link(let next, let used):
            crossed.append(cid)
            // Segments that stay inside a value end in its block.
            roots += repeatElement(cid, count: used - 1) + [next]
            cid = next
            rest = rest.dropFirst(used)
            return nil
        }
    }
}

extension ContentError {
    /// The error for a name or key that a block does not have, in Kubo's words.
    package static func linkNotFound(_ name: Bytes, under cid: CID) -> ContentError {
        ContentError(
            .linkNotFound, "no link named \"\(name.displayText)\" under \(cid.text())", cid: cid)
    }
}
