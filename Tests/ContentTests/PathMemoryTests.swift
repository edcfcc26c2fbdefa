import Buffers
import Content
import Execution
import Multiformats
import Testing
import UnixFS

/// What a path leads through, in an archive or in a request, is accounted for as long as it is kept.
@Suite(.timeLimit(.minutes(40)))
struct PathMemoryTests {
    private let scratch: ScratchLibrary
    private let blocks: HostileBlocks

    init() throws {
        scratch = try ScratchLibrary()
        blocks = HostileBlocks(scratch)
    }

    private var inUse: Int { scratch.library.stateMemory.budget.inUse }

    @Test func theFoldersOfAnArchiveAreAccountedFor() throws {
        let name = Array(repeating: "a", count: 32).joined(separator: "/")
        let file = try blocks.raw(String(repeating: "x", count: 100_000))
        var root = try blocks.node([("file", file)])
        for _ in 0..<100 { root = try blocks.node([(name, root)]) }
        var export: TarExport? = try TarExport(
            root, name: Bytes(utf8: "tree"), access: scratch.access)
        var most = 0
        var byteCount = 0
        while let piece = try export?.next() {
            byteCount += piece.bytes.count
            most = max(most, inUse)
        }
        #expect(byteCount > 100_000)
        // 100 paths of 64 to 6,400 bytes.
        #expect(most >= 100 * 64 * 100 / 2)
        #expect(most < 2_000_000)
        export = nil
        #expect(inUse == 0)
    }

    @Test func theBlocksOnAPathAreAccountedForUntilTheyAreSent() throws {
        let count = 2_000
        var root = try blocks.store(Bytes([0xA1, 0x61, 0x78, 0x01]), .dagCBOR)
        for _ in 0..<count {
            let target = root.bytes
            root = try blocks.store(
                Bytes([0xD8, 0x2A, 0x58, UInt8(target.count + 1), 0] + target.array), .dagCBOR)
        }
        let path = ContentPath(root: root, segments: [Bytes(utf8: "x")])
        var memory: StateShare? = scratch.access.makeStateShare()
        let kept = try #require(memory)
        let resolution = try PathResolver(scratch.access).resolve(path, in: kept)
        #expect(resolution.crossed.count == count)
        #expect(inUse > count * MemoryLayout<CID>.stride)
        var export: CARExport? = try CARExport(resolution, in: memory, access: scratch.access)
        memory = nil
        #expect(inUse > 0)
        while try export?.next() != nil {}
        export = nil
        withExtendedLifetime(kept) {}
    }

    @Test func aLinkIsNoLongerThanFileSystemsTakeFourTimes() throws {
        for (count, isRead) in [(16 << 10, true), (16 << 10 + 1, false), (1 << 20, false)] {
            var data = ByteWriter()
            data.append([0x08, 0x04, 0x12])
            data.appendVarint(UInt64(count))
            data.append([UInt8](repeating: UInt8(ascii: "t"), count: count))
            let message = data.finish()
            var node = ByteWriter()
            node.append(0x0A)
            node.appendVarint(UInt64(message.count))
            node.append(message)
            let link = try blocks.store(node.finish(), .dagPB)
            let folder = try blocks.node([("link", link)])
            let error = contentError {
                var export = try TarExport(
                    folder, name: Bytes(utf8: "tree"), access: scratch.access)
                while try export.next() != nil {}
            }
            #expect((error == nil) == isRead, "\(count): \(String(describing: error))")
            let listed = contentError {
                var listing = try Listing(folder, resolvesChildren: true, access: scratch.access)
                while try listing.next() != nil {}
            }
            #expect((listed == nil) == isRead, "\(count): \(String(describing: listed))")
        }
    }
}
