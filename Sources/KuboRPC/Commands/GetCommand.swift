import Buffers
import Content
import IPLD
import Multiformats
import UnixFS

/// `get`: a tar of what a path leads to, or one file compressed.
enum GetCommand {
    static func run(_ invocation: Invocation) throws -> Answer {
        let level = try level(of: invocation.options)
        let isArchive = invocation.options.flag("archive")
        let path = try ContentPath(parsing: invocation.arguments[0])
        let cid = try invocation.cid(of: invocation.arguments[0])
        let root = try invocation.library.blocks.named(cid)
        let size = try contentSize(of: root)
        let pieces =
            if level != nil, !isArchive {
                try file(root, invocation)
            } else {
                try tar(cid, path, isArchive: isArchive, invocation)
            }
        guard let level else {
            return .raw(
                RawAnswer(contentType: "application/x-tar", contentLength: size, pieces))
        }
        return .raw(
            RawAnswer(
                contentType: "application/gzip", contentLength: size,
                compressed(pieces, try GzipStream(level: level))))
    }

    /// The level of compression; nil without it.
    private static func level(of options: OptionValues) throws(RPCError) -> Int? {
        guard options.flag("compress") else { return nil }
        guard let level = options.integer("compression-level") else { return -1 }
        guard (1...9).contains(level) else {
            throw .failed("compression level must be between 1 and 9")
        }
        return level
    }

    /// Kubo's measure for the progress bar: bytes of a file, and of all blocks below a folder.
    private static func contentSize(of root: Block) throws -> UInt64 {
        switch try UnixFSNode.read(root) {
        case .raw(let bytes): return UInt64(bytes.count)
        case .file(let file): return file.byteCount
        case .symlink(let link): return UInt64(link.target.count)
        case .directory, .shard:
            let links = try DagPBNode(decoding: root.bytes).links
            return links.reduce(UInt64(root.bytes.count)) { $0 &+ ($1.tsize ?? 0) }
        }
    }

    private static func file(_ root: Block, _ invocation: Invocation) throws -> () throws -> Bytes?
    {
        switch try UnixFSNode.read(root) {
        case .raw, .file: break
        case .directory, .shard, .symlink: throw RPCError.failed("file is not regular")
        }
        var stream = try FileStream(root, library: invocation.library)
        return { try stream.next() }
    }

    /// Everything stands below the last name of the path.
    private static func tar(
        _ cid: CID, _ path: ContentPath, isArchive: Bool, _ invocation: Invocation
    ) throws -> () throws -> Bytes? {
        var export = try TarExport(
            cid, name: path.segments.last ?? Bytes(utf8: path.rootText),
            keepsNanoseconds: !isArchive, library: invocation.library)
        return { try export.next() }
    }

    private static func compressed(
        _ pieces: @escaping () throws -> Bytes?, _ gzip: GzipStream
    ) -> () throws -> Bytes? {
        var isAtEnd = false
        return {
            while !isAtEnd {
                guard let piece = try pieces() else {
                    isAtEnd = true
                    return gzip.finish()
                }
                let ready = gzip.compress(piece)
                if !ready.isEmpty { return ready }
            }
            return nil
        }
    }
}
