import Buffers
import Execution
import TestSupport
import Testing

@testable import BlockStore

/// Rows of a thread of a schedule, in two tables that are changed together.
struct WorkerRows: Sendable {
    private struct RowKey: TableKey {
        let worker: UInt8
        let number: UInt8

        init(worker: UInt8, number: UInt8) {
            self.worker = worker
            self.number = number
        }

        init?(decoding bytes: Bytes) {
            guard bytes.count == 2 else { return nil }
            self.init(worker: bytes[0], number: bytes[1])
        }

        var encoded: Bytes { [worker, number] }
    }

    private struct Text: TableRecord, Equatable {
        static var format: UInt8 { 1 }
        let text: Bytes

        init(_ text: Bytes) { self.text = text }
        init(reading reader: inout ByteReader) throws { text = reader.readRest() }
        func write(to writer: inout ByteWriter) { writer.append(text) }
    }

    private static let first = Table<RowKey, Text>("x", rowName: "first")
    private static let second = Table<RowKey, Text>("y", rowName: "second")
    private static let rowCount = 6

    private let worker: UInt8
    private let seed: UInt64
    /// What each may be: more than one where it was not told what became of a change.
    private var possible: [Set<Bytes?>]

    init(worker: Int, seed: UInt64) {
        self.worker = UInt8(worker)
        self.seed = seed
        possible = Array(repeating: [nil], count: Self.rowCount)
    }

    private func key(_ number: Int) -> RowKey { RowKey(worker: worker, number: UInt8(number)) }

    /// Changes some rows of both tables in one step.
    mutating func change(in store: BlockStore, _ random: inout SeededRandom) throws(BlockStoreError)
    {
        var wanted: [Int: Bytes?] = [:]
        for _ in 0..<(1 + random.below(3)) {
            let text: Bytes? = random.below(3) == 0 ? nil : Bytes(utf8: "\(random.below(1000))")
            wanted[random.below(Self.rowCount)] = .some(text)
        }
        do throws(BlockStoreError) {
            try store.change(Self.first, claiming: Set(wanted.keys.map(key)), by: soon()) {
                changes in
                for (number, text) in wanted { set(number, text, &changes) }
            }
            for (number, text) in wanted { possible[number] = [text] }
        } catch {
            for (number, text) in wanted { possible[number].insert(text) }
            throw error
        }
    }

    private func set(_ number: Int, _ text: Bytes?, _ changes: inout TableChanges) {
        for table in [Self.first, Self.second] {
            if let text {
                changes.put(Text(text), at: key(number), in: table)
            } else {
                changes.remove(key(number), from: table)
            }
        }
    }

    /// What is read is what was acknowledged last, or what may have come of it since.
    func read(_ store: BlockStore, _ random: inout SeededRandom) throws(BlockStoreError) {
        let number = random.below(Self.rowCount)
        let text = try store.record(at: key(number), in: Self.first)?.text
        #expect(possible[number].contains(text), "seed \(seed), row \(number)")
        try readPage(of: store, isBackward: random.below(2) == 0)
    }

    private func readPage(of store: BlockStore, isBackward: Bool) throws(BlockStoreError) {
        var range = TableRange<RowKey>()
        range.prefix = [worker]
        range.isBackward = isBackward
        let page = try store.page(of: Self.first, range)
        var found: [Int: Bytes] = [:]
        for row in page.rows { found[Int(row.key.number)] = row.record.text }
        for number in 0..<Self.rowCount {
            #expect(possible[number].contains(found[number]), "seed \(seed), row \(number)")
        }
    }

    /// Looks at a store without failures: the tables say the same, and the log has an entry of each row
    /// and of no other.
    func check(_ store: BlockStore) throws {
        try readPage(of: store, isBackward: false)
        for number in 0..<Self.rowCount {
            let text = try store.record(at: key(number), in: Self.first)
            #expect(try store.record(at: key(number), in: Self.second) == text, "seed \(seed)")
        }
        try store.meta.waitForIndex(through: store.lastSequence, by: soon())
        for table in [Self.first, Self.second] {
            for number in 0..<Self.rowCount {
                let place = table.place(of: key(number))
                guard let value = try store.metaValue(for: place) else { continue }
                let row = try #require(MetaRow(decoding: value))
                let entry = try store.log.holder.current().value(for: Key(sequence: row.sequence))
                #expect(
                    try entry.map { try StoredRow(decoding: $0) }
                        == StoredRow(key: place, record: row.record), "seed \(seed)")
            }
        }
    }
}
