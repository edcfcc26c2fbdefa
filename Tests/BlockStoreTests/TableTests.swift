import Buffers
import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

/// Tables of `meta/`: rows, pages of them, and changes that go together.
@Suite(.timeLimit(.minutes(40)))
struct TableTests {
    private struct NumberKey: TableKey {
        let number: UInt16

        init(_ number: UInt16) { self.number = number }

        init?(decoding bytes: Bytes) {
            guard bytes.count == 2 else { return nil }
            number = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        }

        var encoded: Bytes { [UInt8(number >> 8), UInt8(number & 0xFF)] }
    }

    private struct Text: TableRecord, Equatable {
        static var format: UInt8 { 7 }
        let text: Bytes

        init(_ text: Bytes) { self.text = text }
        init(reading reader: inout ByteReader) throws { text = reader.readRest() }
        func write(to writer: inout ByteWriter) { writer.append(text) }
    }

    private let numbers = Table<NumberKey, Text>("x", rowName: "number")
    private let others = Table<NumberKey, Text>("y", rowName: "other")
    private let before = Table<NumberKey, Text>("w", rowName: "number before")
    private let store: BlockStore

    init() throws {
        var options = BlockStoreOptions(folder: "simulated")
        options.disk = SimulatedDisk(seed: 1)
        options.makesIfMissing = true
        options.reserveByteCount = 0
        options.cacheByteCount = 0
        store = try BlockStore.open(options)
    }

    private func put(_ keys: [UInt16], in table: Table<NumberKey, Text>) throws {
        try store.change(table, claiming: Set(keys.map(NumberKey.init)), by: soon()) { changes in
            for key in keys {
                changes.put(Text(Bytes(utf8: "\(key)")), at: NumberKey(key), in: table)
            }
        }
    }

    @Test func rowsComeBackAndGoAway() throws {
        defer { store.close() }
        try put([1, 300], in: numbers)
        #expect(try store.record(at: NumberKey(1), in: numbers) == Text("1"))
        #expect(try store.record(at: NumberKey(300), in: numbers) == Text("300"))
        #expect(try store.record(at: NumberKey(2), in: numbers) == nil)
        #expect(try store.record(at: NumberKey(1), in: others) == nil)
        try store.change(numbers, claiming: [NumberKey(1)], by: soon()) { changes in
            changes.remove(NumberKey(1), from: numbers)
        }
        #expect(try store.record(at: NumberKey(1), in: numbers) == nil)
    }

    /// In both directions, from any row on, there or not, and never beyond the table.
    @Test(arguments: [false, true], [1, 3, 100])
    func pagesFollowEachOther(isBackward: Bool, countLimit: Int) throws {
        defer { store.close() }
        let keys: [UInt16] = [0, 5, 0xFF, 0x100, 0x1FF, 0xFFFE, 0xFFFF]
        for table in [before, numbers, others] { try put(keys, in: table) }
        var range = TableRange<NumberKey>()
        (range.isBackward, range.countLimit) = (isBackward, countLimit)
        let order = isBackward ? keys.reversed() : keys
        var found: [UInt16] = []
        var pageCount = 0
        while true {
            let page = try store.page(of: numbers, range)
            #expect(page.rows.count <= countLimit)
            #expect(page.rows.allSatisfy { $0.record == Text(Bytes(utf8: "\($0.key.number)")) })
            found += page.rows.map(\.key.number)
            pageCount += 1
            guard page.hasMore else { break }
            range.start = page.rows.last?.key
        }
        #expect(found == order)
        #expect(pageCount == (keys.count + countLimit - 1) / countLimit)
        var rows: [UInt16] = []
        range.start = nil
        try store.forEachRow(of: numbers, range) { row in
            rows.append(row.key.number)
            return true
        }
        #expect(rows == order)
        // From between two rows.
        range.start = NumberKey(0x150)
        range.countLimit = 1
        let next = try store.page(of: numbers, range).rows.first?.key.number
        #expect(next == (isBackward ? 0x100 : 0x1FF))
    }

    @Test(arguments: [false, true])
    func aPrefixHasItsRowsOnly(isBackward: Bool) throws {
        defer { store.close() }
        for table in [before, numbers, others] {
            try put([0xFE, 0x100, 0x101, 0x1FF, 0x200, 0xFF00, 0xFFFF], in: table)
        }
        var range = TableRange<NumberKey>()
        range.isBackward = isBackward
        for (prefix, keys) in [(1, [0x100, 0x101, 0x1FF]), (0xFF, [0xFF00, 0xFFFF]), (7, [])]
            as [(UInt8, [UInt16])]
        {
            range.prefix = [prefix]
            let page = try store.page(of: numbers, range)
            #expect(page.rows.map(\.key.number) == (isBackward ? keys.reversed() : keys))
            #expect(!page.hasMore)
        }
    }

    @Test func aPageEndsWithItsBytes() throws {
        defer { store.close() }
        try put(Array(0..<50), in: numbers)
        var range = TableRange<NumberKey>()
        range.byteLimit = 1
        let page = try store.page(of: numbers, range)
        #expect(page.rows.count == 1 && page.hasMore)
    }

    /// Of several tables too: all of a change is there or nothing, also behind a power cut.
    @Test func changesOfSeveralTablesGoTogether() throws {
        store.close()
        for seed in 1...100 as ClosedRange<UInt64> {
            let disk = SimulatedDisk(seed: seed)
            var options = store.options
            options.disk = disk
            let store = try BlockStore.open(options)
            disk.cutPower(atWrite: Int(seed % 7) + 1)
            for number in 0..<5 as Range<UInt16> where disk.isOn {
                _ = try? store.change(numbers, claiming: [NumberKey(0)], by: soon()) { changes in
                    let text = Text(Bytes(utf8: "\(number)"))
                    changes.put(text, at: NumberKey(0), in: numbers)
                    changes.put(text, at: NumberKey(0), in: others)
                }
            }
            store.close()
            disk.powerOn()
            let again = try BlockStore.open(options)
            #expect(
                try again.record(at: NumberKey(0), in: numbers)
                    == again.record(at: NumberKey(0), in: others))
            again.close()
        }
    }

    /// Each adds one to what it reads: without the claim some would be lost.
    @Test func whoClaimsARowChangesItAlone() throws {
        defer { store.close() }
        let threads = (0..<4).map { _ in
            Thread(name: "adder") {
                for _ in 0..<25 {
                    _ = try? store.change(numbers, claiming: [NumberKey(9)], by: soon()) {
                        changes throws(BlockStoreError) in
                        let count = try store.record(at: NumberKey(9), in: numbers)?.text.count
                        let text = Bytes([UInt8](repeating: 1, count: (count ?? 0) + 1))
                        changes.put(Text(text), at: NumberKey(9), in: numbers)
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(try store.record(at: NumberKey(9), in: numbers)?.text.count == 100)
    }

    @Test func aDamagedRowIsToldWithItsName() throws {
        defer { store.close() }
        let place = numbers.place(of: NumberKey(1))
        try store.meta.write([.put(place, [9, 1])], by: soon())
        for read in [
            { _ = try store.record(at: NumberKey(1), in: numbers) },
            { _ = try store.page(of: numbers) },
        ] as [() throws -> Void] {
            let error = #expect(throws: BlockStoreError.self) { try read() }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("a damaged number") == true)
        }
    }

    @Test func nothingIsChangedWhereTheBodyThrows() throws {
        defer { store.close() }
        let error = #expect(throws: BlockStoreError.self) {
            try store.change(numbers, claiming: [NumberKey(1)], by: soon()) {
                changes throws(BlockStoreError) in
                changes.put(Text("1"), at: NumberKey(1), in: numbers)
                throw BlockStoreError(.notPinned, "no")
            }
        }
        #expect(error?.message == "no")
        #expect(try store.record(at: NumberKey(1), in: numbers) == nil)
        // And the row is free again.
        try put([1], in: numbers)
    }
}
