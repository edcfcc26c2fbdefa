import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

@testable import UnixFS

/// The entries of a folder take what an add is charged for them, while they come and while they are
/// put in order.
@Suite(.timeLimit(.minutes(40)))
struct EntryTableTests {
    /// What an add is charged for an entry beside its name, and for a folder.
    private static let (entryBytes, folderBytes) = (80, 1 << 10)

    private static func child(_ number: Int) -> Child {
        let digest = Bytes([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32))
        return Child(
            cid: .v1(.raw, Multihash(code: .sha2_256, digest: digest)), fileByteCount: 0,
            tsize: UInt64(number))
    }

    /// Long names that leave a page half empty, behind full pages too, and many short ones.
    @Test(arguments: [
        [10_000, 100], [33_000, 10, 10], Array(repeating: 10_000, count: 7),
        Array(repeating: 16_000, count: 100), Array(repeating: 1, count: 200),
        Array(repeating: 10, count: 20_000),
    ])
    func theTableTakesWhatIsCharged(nameByteCounts: [Int]) {
        var table = EntryTable()
        var charged = Self.folderBytes
        for (number, count) in nameByteCounts.enumerated() {
            let name = Bytes([UInt8](repeating: UInt8(ascii: "n"), count: count))
            table.append(name: name, child: Self.child(number))
            charged += count + Self.entryBytes
            // The room that a page keeps free is a sixteenth.
            #expect(table.memoryByteCount <= charged + charged / 16, "entry \(number)")
        }
    }

    @Test func theOrderTakesThePlaceOfThePositions() throws {
        var random = SeededRandom(seed: 31)
        var table = EntryTable()
        let names = (0..<3_000).map { _ in Bytes(utf8: random.bytes(1 + random.below(9)).hex) }
        // Some of them come again, and the last one counts.
        let all = names + names.prefix(500)
        var last: [Bytes: UInt64] = [:]
        for (number, name) in all.enumerated() {
            table.append(name: name, child: Self.child(number))
            last[name] = UInt64(number)
        }
        table.close()
        let before = table.memoryByteCount
        var order = EntryOrder(byHash: &table)
        #expect(table.positions.isEmpty)
        #expect(table.memoryByteCount <= before - all.count * MemoryLayout<UInt64>.stride)
        #expect(order.keys.count == last.count)
        let hashes = order.keys.map { MurmurHash3.first64(of: table.name(at: $0.position)) }
        #expect(hashes == hashes.sorted())
        #expect(order.keys.map(\.value) == hashes)
        for _ in 0..<2 {
            for key in order.keys {
                let link = table.link(at: key.position)
                let name = try #require(link.nameBytes)
                #expect(link.tsize == last[name])
            }
            order.orderByName(in: table)
        }
        let ordered = order.keys.map { table.name(at: $0.position) }
        #expect(ordered == last.keys.sorted())
    }
}
