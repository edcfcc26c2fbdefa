import Buffers
import IPLD
import Multiformats
import UnixFS

extension FuzzTarget {
    static let unixfs = [
        FuzzTarget("unixfs-data", checkUnixFSData),
        FuzzTarget("unixfs-node", checkUnixFSNode),
        FuzzTarget("unixfs-tree", checkUnixFSTree),
    ]

    private static func checkUnixFSData(_ input: Bytes) throws {
        let written = try UnixFSData(decoding: input).encode()
        let again = try Finding.ifRefused("UnixFS data is not read back") {
            try UnixFSData(decoding: written)
        }
        try Finding.unless(again.encode() == written, "UnixFS data loses something")
    }

    private static func checkUnixFSNode(_ input: Bytes) throws {
        let digest = Bytes([UInt8](repeating: 1, count: 32))
        let cid = CID.v1(.dagPB, Multihash(code: .sha2_256, digest: digest))
        let block = Block(cid: cid, bytes: input)
        switch try UnixFSNode.read(block) {
        case .raw: throw Finding(description: "a dag-pb block is read as raw")
        case .file(let node):
            var sum = UInt64(node.data.count)
            var parts = node.parts
            while let part = parts.next() { sum += part.byteCount }
            try Finding.unless(sum == node.byteCount, "the parts of a file are not its size")
        case .directory(let node):
            _ = node.entry(named: Bytes(utf8: "a"))
            _ = try DirectoryReader(root: block).upcomingEntries(limit: 3)
        case .shard: _ = try DirectoryReader(root: block).upcomingEntries(limit: 2_000)
        case .symlink(let node): _ = node.target
        }
    }

    /// Reads the blocks of a CAR as files and folders, whatever they claim to be.
    private static func checkUnixFSTree(_ input: Bytes) throws {
        let contents = CARContents(reading: [input])
        for section in contents.blocks.prefix(4) {
            let root = Block(cid: section.cid, bytes: section.bytes)
            let blocks = SyntheticBlocks(contents)
            do {
                try checkFile(root, blocks)
                try checkFolder(root, blocks)
            } catch let finding as Finding {
                throw finding
            } catch {
                // Bad blocks deserve their refusal; the next one may be good.
            }
        }
    }

    private static func checkFile(_ root: Block, _ blocks: SyntheticBlocks) throws {
        guard var reader = try? FileReader(root: root) else { return }
        let size = reader.size
        for range in [0..<size, size / 3..<size / 2, size..<size, 0..<min(size, 1)] {
            reader.read(range)
            var count: UInt64 = 0
            while let piece = try reader.next(from: blocks) {
                try Finding.unless(!piece.bytes.isEmpty, "a file gives a piece without bytes")
                count += UInt64(piece.bytes.count)
                _ = reader.upcoming(limit: 8)
            }
            try Finding.unless(
                count == UInt64(range.count), "\(count) of the \(range.count) bytes were read")
        }
    }

    private static func checkFolder(_ root: Block, _ blocks: SyntheticBlocks) throws {
        guard var reader = try? DirectoryReader(root: root) else { return }
        for _ in 0..<100 {
            _ = reader.upcomingEntries(limit: 8)
            guard let entry = try reader.next(from: blocks) else { return }
            let found = try DirectoryReader.lookup(entry.name, in: root, from: blocks).entry
            try Finding.unless(
                reader.isSharded || found?.name == entry.name, "an entry is listed but not found")
            try Finding.unless(
                found == nil || found?.name == entry.name, "another name was found")
        }
    }
}
