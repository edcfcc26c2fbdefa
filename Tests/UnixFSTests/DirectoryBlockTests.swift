import Buffers
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing

@testable import UnixFS

/// A block of a folder is measured before it is there: a shard can have 1,024 names of 16 KB, and
/// nothing counts what they take beside the table that they stand in.
@Suite(.timeLimit(.minutes(40)))
struct DirectoryBlockTests {
    private static let child = CID.v1(.raw, Multihash(code: .identity, digest: []))
    private static let name = Bytes([UInt8](repeating: UInt8(ascii: "n"), count: 16_000))

    /// How many names were made, and how many of them somebody has.
    private struct Names {
        var (made, live, mostLive) = (0, 0, 0)

        mutating func make() {
            made += 1
            live += 1
            mostLive = max(mostLive, live)
        }
    }

    /// Links whose names are made when they are asked for.
    private static func links(_ count: Int, _ names: Locked<Names>) -> some Collection<DagPBLink> {
        (0..<count).lazy.map { number in
            names.withLock { $0.make() }
            let name = Self.name.copy { names.withLock { $0.live -= 1 } }
            return DagPBLink(cid: Self.child, nameBytes: name, tsize: UInt64(number))
        }
    }

    @Test func aBlockOverTheLimitIsRefusedBeforeItIsThere() throws {
        let names = Locked(Names())
        var sealed = 0
        let error = #expect(throws: UnixFSError.self) {
            try DirectoryBuilder.seal(
                Self.links(1_024, names), UnixFSData(type: .directory)
            ) { _, _ in
                sealed += 1
                return Self.child
            }
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.description.contains("with 1024 entries") == true)
        #expect(sealed == 0)
        let (made, most) = names.withLock { ($0.made, $0.mostLive) }
        let limit = UnixFS.Limits.blockByteCountMax
        #expect(made <= limit / Self.name.count + 1)
        #expect(most <= 2)
    }

    @Test func aBlockIsWhatTheNodeEncodesTo() throws {
        let names = Locked(Names())
        let message = UnixFSData(type: .directory)
        let node = DagPBNode(
            links: Array(Self.links(100, Locked(Names()))), data: message.encode())
        var blocks: [Bytes] = []
        let built = try DirectoryBuilder.seal(Self.links(100, names), message) { block, codec in
            #expect(codec == .dagPB)
            blocks.append(block)
            return Self.child
        }
        #expect(blocks == [node.encode()])
        #expect(built.tsize == UInt64(99 * 100 / 2 + node.encodedCount))
        #expect(names.withLock { $0.mostLive } <= 2)
    }

    /// Shards wait for those below them, with the numbers of their entries and not with the names.
    @Test func aShardOfLongNamesIsRefused() throws {
        var options = ImportOptions()
        (options.hamtThreshold, options.maxHAMTFanout) = (0, 1_024)
        var builder = DirectoryBuilder(options: options)
        let child = Child(cid: Self.child, fileByteCount: 0, tsize: 0)
        for number in 0..<300 {
            var name = ByteWriter()
            name.append(utf8: "\(number)")
            name.append(Self.name)
            try builder.add(name.finish(), child)
        }
        let error = #expect(throws: UnixFSError.self) {
            try builder.finish { _, _ in Self.child }
        }
        #expect(error?.code == .tooLarge)
    }
}
