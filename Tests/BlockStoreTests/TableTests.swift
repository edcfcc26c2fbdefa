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

    private func put(
        _ keys: [UInt16], in table: Table<NumberKey, Text>, of other: BlockStore? = nil
    ) throws {
        try (other ?? store).change(table, claiming: Set(keys.map(NumberKey.init)), by: soon()) {
            changes in
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
        // What stands in front of the record is none, or the record.
        for value in [[9, 1], [1, 0, 9, 1]] as [Bytes] {
            try store.meta.write([.put(place, value)], by: soon())
            for read in [
                { _ = try store.record(at: NumberKey(1), in: numbers) },
                { _ = try store.page(of: numbers) },
            ] as [() throws -> Void] {
                let error = #expect(throws: BlockStoreError.self) { try read() }
                #expect(error?.code == .corrupt)
                #expect(error?.message.contains("a damaged number") == true)
            }
        }
    }

    /// A store whose rows go over to `meta/` when the test says so.
    private func storeWithRowsInTheLog(
        indexDelay: Duration = .seconds(3600)
    ) throws -> BlockStore {
        store.close()
        var options = store.options
        options.disk = SimulatedDisk(seed: 2)
        options.indexDelay = indexDelay
        return try BlockStore.open(options)
    }

    /// Rows that `meta/` has, rows that it does not have yet, and removals of both, against a model.
    @Test(arguments: [false, true], [1, 2, 7, 100])
    func aPageHasWhatIsInTheLogInItsPlace(isBackward: Bool, countLimit: Int) throws {
        let store = try storeWithRowsInTheLog()
        defer { store.close() }
        var random = SeededRandom(seed: 5)
        var model: [UInt16: Bytes] = [:]
        for round in 0..<80 {
            try store.change(numbers, claiming: [], by: soon()) { changes in
                for _ in 0..<random.below(5) {
                    let (key, text) = (UInt16(random.below(24) * 60), Bytes(utf8: "\(round)"))
                    if random.below(3) == 0 {
                        changes.remove(NumberKey(key), from: numbers)
                        model[key] = nil
                    } else {
                        changes.put(Text(text), at: NumberKey(key), in: numbers)
                        model[key] = text
                    }
                    changes.put(Text(text), at: NumberKey(key), in: others)
                }
            }
            if random.below(4) == 0 {
                try store.meta.waitForIndex(through: store.lastSequence, by: soon())
                #expect(store.log.state.withLock { $0.rows.visible.isEmpty })
            }
            var range = TableRange<NumberKey>()
            (range.isBackward, range.countLimit) = (isBackward, countLimit)
            if random.below(2) == 0 { range.prefix = [UInt8(random.below(6))] }
            if random.below(2) == 0 { range.start = NumberKey(UInt16(random.below(24) * 60)) }
            let wanted = expected(of: model, range)
            let shown = Array(wanted.prefix(countLimit))
            let page = try store.page(of: numbers, range)
            #expect(page.rows.map(\.key.number) == shown, "round \(round)")
            #expect(page.rows.allSatisfy { $0.record.text == model[$0.key.number] })
            #expect(page.hasMore == (wanted.count > countLimit), "round \(round)")
            let key = UInt16(random.below(24) * 60)
            #expect(try store.record(at: NumberKey(key), in: numbers)?.text == model[key])
        }
    }

    private func expected(
        of model: [UInt16: Bytes], _ range: TableRange<NumberKey>
    ) -> [UInt16] {
        let keys = model.keys.filter { NumberKey($0).encoded.starts(with: range.prefix) }.sorted()
        guard range.isBackward else {
            return keys.filter { key in range.start.map { key > $0.number } ?? true }
        }
        return keys.reversed().filter { key in range.start.map { key < $0.number } ?? true }
    }

    /// While rows change and go over to `meta/` all the time.
    @Test func aPageIsAsTheTableWasAtOneMoment() throws {
        let store = try storeWithRowsInTheLog(indexDelay: .microseconds(50))
        defer { store.close() }
        let isDone = Locked(false)
        let writer = Thread(name: "writer") {
            for number in 0..<400 {
                _ = try? store.change(numbers, claiming: [], by: soon()) { changes in
                    let text = Text(Bytes(utf8: "\(number)"))
                    for key in [1, 2, 3] as [UInt16] {
                        changes.put(text, at: NumberKey(key), in: numbers)
                    }
                    // Rows that come and go.
                    let key = NumberKey(UInt16(10 + number % 2))
                    changes.put(text, at: key, in: numbers)
                    changes.remove(NumberKey(UInt16(11 - number % 2)), from: numbers)
                }
            }
            isDone.withLock { $0 = true }
        }
        var pageCount = 0
        while !isDone.withLock({ $0 }) || pageCount == 0 {
            let page = try store.page(of: numbers)
            #expect(Set(page.rows.map(\.record.text)).count <= 1)
            #expect(page.rows.isEmpty || page.rows.count == 4)
            pageCount += 1
        }
        writer.join()
    }

    /// Who claims a row sees also what somebody has changed there who no longer waits for that.
    @Test func derivedRowsLoseNoChange() throws {
        store.close()
        let disk = SimulatedDisk(seed: 3)
        var options = store.options
        options.disk = disk
        let store = try BlockStore.open(options)
        defer { store.close() }
        disk.faults.writeWaits = 1000
        let derived = Table<NumberKey, Text>("v", rowName: "count", durability: .derived)
        func count() throws(BlockStoreError) -> Int {
            try store.record(at: NumberKey(1), in: derived).map { $0.text.count } ?? 0
        }
        func increment(by deadline: Deadline) throws(BlockStoreError) -> Int {
            try store.change(derived, claiming: [NumberKey(1)], by: deadline) {
                changes throws(BlockStoreError) in
                let count = try count()
                let text = Bytes([UInt8](repeating: 1, count: count + 1))
                changes.put(Text(text), at: NumberKey(1), in: derived)
                return count
            }
        }
        var givenUpCount = 0
        for number in 0..<200 {
            let before = try increment(by: soon())
            do throws(BlockStoreError) {
                _ = try increment(by: .after(.microseconds(number)))
            } catch {
                givenUpCount += 1
            }
            let after = try increment(by: soon())
            try store.meta.write([], by: soon())
            #expect(try count() == after + 1)
            #expect(after == before + 1 || after == before + 2)
        }
        #expect(givenUpCount > 0)
    }

    @Test func rowsOfSeveralTablesAreClaimedTogether() throws {
        defer { store.close() }
        let places = Set([numbers, others].map { $0.place(of: NumberKey(1)) })
        try store.change(claiming: places, by: soon()) { changes in
            changes.put(Text(Bytes(utf8: "1")), at: NumberKey(1), in: numbers)
            changes.put(Text(Bytes(utf8: "1")), at: NumberKey(1), in: others)
        }
        #expect(try store.record(at: NumberKey(1), in: others) == Text(Bytes(utf8: "1")))
    }

    /// They are in `meta/` alone, and read and changed as others are.
    @Test func aDerivedTableLeavesTheLogAlone() throws {
        defer { store.close() }
        let derived = Table<NumberKey, Text>("v", rowName: "derived number", durability: .derived)
        try put([1, 2], in: derived)
        #expect(try store.record(at: NumberKey(1), in: derived) == Text("1"))
        #expect(try store.page(of: derived).rows.map(\.key.number) == [1, 2])
        #expect(store.lastSequence == 0)
        try put([1], in: numbers)
        #expect(store.lastSequence == 1)
        try store.change(derived, claiming: [NumberKey(1)], by: soon()) { changes in
            changes.remove(NumberKey(1), from: derived)
        }
        #expect(try store.page(of: derived).rows.map(\.key.number) == [2])
    }

    @Test func whatIsTooLargeIsRefusedBeforeItIsWritten() throws {
        defer { store.close() }
        let large = Text(Bytes([UInt8](repeating: 1, count: Limits.rowBytesMax - 1)))
        let tooLarge = Text(Bytes([UInt8](repeating: 1, count: Limits.rowBytesMax)))
        try store.change(numbers, claiming: [], by: soon()) { changes in
            changes.put(large, at: NumberKey(1), in: numbers)
        }
        for body in [
            { $0.put(tooLarge, at: NumberKey(2), in: numbers) },
            { changes in
                for key in 2..<6 as Range<UInt16> {
                    changes.put(large, at: NumberKey(key), in: numbers)
                }
            },
        ] as [(inout TableChanges) -> Void] {
            let error = #expect(throws: BlockStoreError.self) {
                try store.change(numbers, claiming: [], by: soon()) { body(&$0) }
            }
            #expect(error?.code == .tooLarge)
        }
        #expect(try store.page(of: numbers).rows.map(\.key.number) == [1])
    }

    /// Though nobody else has rows go over to `meta/`.
    @Test func moreThanThereIsRoomForGoesOverToMeta() throws {
        let store = try storeWithRowsInTheLog()
        defer { store.close() }
        let large = Text(Bytes([UInt8](repeating: 1, count: Limits.rowBytesMax - 1)))
        for key in 0..<20 as Range<UInt16> {
            try store.change(numbers, claiming: [], by: soon()) { changes in
                changes.put(large, at: NumberKey(key), in: numbers)
            }
            #expect(store.log.state.withLock { $0.rows.byteCount } <= Limits.rowTableBytesMax)
        }
        for key in 0..<20 as Range<UInt16> {
            #expect(try store.record(at: NumberKey(key), in: numbers) == large)
        }
    }

    /// In the log there is one entry of each row that is there, and soon none of those that are not.
    @Test func theLogHasOneEntryOfEachRow() throws {
        let store = try storeWithRowsInTheLog()
        defer { store.close() }
        for _ in 0..<3 { try put([1, 2, 3], in: numbers, of: store) }
        try store.meta.waitForIndex(through: store.lastSequence, by: soon())
        try put([1], in: numbers, of: store)
        try store.change(numbers, claiming: [NumberKey(2)], by: soon()) { changes in
            changes.remove(NumberKey(2), from: numbers)
        }
        func entries() throws -> [LogPage.Row] { try store.logPage(above: 0).rows }
        #expect(try entries().map(\.key) == [3, 1, 2].map { numbers.place(of: NumberKey($0)) })
        #expect(try entries().map(\.isRemoval) == [false, false, true])
        try store.meta.waitForIndex(through: store.lastSequence, by: soon())
        // The removal goes with the next batch.
        try put([4], in: numbers, of: store)
        #expect(try entries().map(\.isRemoval) == [false, false, false])
    }

    @Test func nothingIsChangedWhereTheBodyThrows() throws {
        defer { store.close() }
        let error = #expect(throws: BlockStoreError.self) {
            try store.change(numbers, claiming: [NumberKey(1)], by: soon()) {
                changes throws(BlockStoreError) in
                changes.put(Text(Bytes(utf8: "1")), at: NumberKey(1), in: numbers)
                throw BlockStoreError(.notPinned, "no")
            }
        }
        #expect(error?.message == "no")
        #expect(try store.record(at: NumberKey(1), in: numbers) == nil)
        // And the row is free again.
        try put([1], in: numbers)
    }
}
