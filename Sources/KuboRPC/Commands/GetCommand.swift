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
        let path = try ContentPath(parsing: invocation.argumentBytes[0])
        let cid = try invocation.cid(of: invocation.argumentBytes[0])
        let reader = invocation.access.makeReader()
        let size = try contentSize(of: try reader.named(cid))
        // Its memory counts for as long as its links are looked at, and no longer.
        reader.release()
        guard let level else {
            return .raw(
                RawAnswer(
                    contentType: "application/x-tar", contentLength: size,
                    try tar(cid, path, isArchive: isArchive, invocation)))
        }
        let pieces = try CompressedPieces(level: level, invocation.access) {
            if isArchive { return try tar(cid, path, isArchive: true, invocation) }
            return try file(cid, invocation)
        }
        return .raw(
            RawAnswer(contentType: "application/gzip", contentLength: size, pieces))
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
            var links = try DagPBView(root.bytes).links()
            var size = UInt64(root.bytes.count)
            while let link = links.next() {
                // A measure for a bar: of sizes that lie the largest is as good as any.
                let (sum, overflow) = size.addingReportingOverflow(link.tsize ?? 0)
                size = overflow ? .max : sum
            }
            return size
        }
    }

    private static func file(_ cid: CID, _ invocation: Invocation) throws -> any ContentPieces {
        do {
            return try FileStream(cid, access: invocation.access)
        } catch {
            let isOther = error.code == .isDirectory || error.code == .notFile
            throw isOther ? RPCError.failed("file is not regular") : RPCError(error)
        }
    }

    /// Everything stands below the last name of the path.
    private static func tar(
        _ cid: CID, _ path: ContentPath, isArchive: Bool, _ invocation: Invocation
    ) throws -> any ContentPieces {
        try TarExport(
            cid, name: path.segments.last ?? Bytes(utf8: path.rootText),
            keepsExactTimes: !isArchive, takesPaths: false, access: invocation.access)
    }
}
