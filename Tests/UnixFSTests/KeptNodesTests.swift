import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// Files of all shapes, with light and heavy nodes on all levels, some of them in CIDs: what is kept on the way
/// down counts, all of it goes before a wait, and the bytes are the same.
struct KeptNodesTests {
    @Test(arguments: 0..<30, [0, 2, 9])
    func whatIsKeptCounts(seed: Int, period: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let blocks = MemoryBlocks()
        let (root, bytes, _) = try node(4, &random, in: blocks)
        let source = CountedBlocks(blocks, waitingOnceIn: period, seed: UInt64(seed))
        #expect(try read(root, from: source) == bytes)
        #expect(source.faultCount == 0)
        source.release()
        #expect(source.count == 0)
    }

    /// The root is heavier than all below it.
    @Test func aHeavyRootIsReadOnce() throws {
        let blocks = MemoryBlocks()
        let leaf = try blocks.store(Bytes(utf8: "x"), .raw)
        let inner = try blocks.store(Self.encode([leaf, leaf], [1, 1], fillingByteCount: 0))
        let root = try blocks.store(
            Self.encode(
                Array(repeating: inner, count: 50), Array(repeating: 2, count: 50),
                fillingByteCount: 3 << 20))
        let source = CountedBlocks(blocks, waitingOnceIn: 0, seed: 1)
        #expect(try read(root, from: source).count == 100)
        #expect(source.readCounts[root] == 1)
        #expect(source.readCounts[inner] == 50)
    }

    private func read(_ root: CID, from source: CountedBlocks) throws -> Bytes {
        var reader = try FileReader(root: root, from: source)
        var writer = ByteWriter()
        while let piece = try reader.next(from: source) { writer.append(piece.bytes) }
        return writer.finish()
    }

    /// A random node, its content, and whether it lies in its CID.
    private func node(
        _ depth: Int, _ random: inout SeededRandom, in blocks: MemoryBlocks
    ) throws -> (cid: CID, bytes: Bytes, isInCID: Bool) {
        if depth == 0 || random.below(6) == 0 && depth < 4 {
            let bytes = random.bytes(1 + random.below(9))
            return (try blocks.store(bytes, .raw), bytes, false)
        }
        var (cids, sizes, hidesSome) = ([CID](), [UInt64](), false)
        var content = ByteWriter()
        for _ in 0..<1 + random.below(3) {
            let part = try node(depth - 1, &random, in: blocks)
            cids.append(part.cid)
            sizes.append(UInt64(part.bytes.count))
            content.append(part.bytes)
            hidesSome = hidesSome || part.isInCID
        }
        // A CID that takes up most of a block keeps it, since a copy would save nothing.
        let fillings = hidesSome ? [300, 400_000] : [0, 0, 300, 300_000, 700_000]
        let bytes = Self.encode(
            cids, sizes, fillingByteCount: fillings[random.below(fillings.count)])
        guard bytes.count <= 128, depth < 4, random.below(2) == 0 else {
            return (try blocks.store(bytes), content.finish(), false)
        }
        let cid = CID.v1(.dagPB, Multihash(code: .identity, digest: bytes))
        return (cid, content.finish(), true)
    }

    private static func encode(_ parts: [CID], _ sizes: [UInt64], fillingByteCount: Int) -> Bytes {
        var message = UnixFSData(type: .file)
        message.blockSizes = sizes
        message.fileSize = sizes.reduce(0, +)
        var data = ByteWriter()
        data.append(message.encode())
        if fillingByteCount > 0 {
            data.append(0x7A)
            data.appendVarint(UInt64(fillingByteCount))
            data.append([UInt8](repeating: 0, count: fillingByteCount))
        }
        return DagPBNode(
            links: parts.map { DagPBLink(cid: $0, nameBytes: .empty, tsize: 1) },
            data: data.finish()
        ).encode()
    }
}
