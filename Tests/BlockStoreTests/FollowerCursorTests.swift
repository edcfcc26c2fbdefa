import Buffers
import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

/// A cursor is on disk together with what has come of the work, or neither is.
@Suite(.timeLimit(.minutes(40)))
struct FollowerCursorTests {
    private let disk = SimulatedDisk(seed: 1)

    private func open() throws -> BlockStore { try BlockStore.open(.simulated(on: disk)) }

    @Test func aCursorOutlivesTheStore() throws {
        let store = try open()
        #expect(try store.cursor(of: "test") == nil)
        let cursor = FollowerCursor(name: "test", sequence: 7, state: [1, 2, 3])
        try store.advance(cursor, by: soon())
        try store.advance(FollowerCursor(name: "other", sequence: 9), by: soon())
        store.close()
        let again = try open()
        defer { again.close() }
        #expect(try again.cursor(of: "test") == cursor)
        #expect(try again.cursor(of: "other")?.sequence == 9)
    }

    /// The power is gone in the middle of a write, which may have got to the disk or not.
    @Test(arguments: 1...40) func aCursorNeverOutrunsItsResults(_ seed: UInt64) throws {
        let life = try advance(on: SimulatedDisk(seed: seed), cutAtWrite: 1 + Int(seed % 8)) {
            changes, number in
            changes.put(number, at: "sum", in: results)
        }
        defer { life.store.close() }
        let sequence = try life.store.cursor(of: "test")?.sequence ?? 0
        #expect(try life.number(in: results) == sequence)
        #expect(sequence == life.lastWritten || sequence == life.lastWritten + 1)
    }

    /// Those that the log keeps come first: work is done again, and never left out.
    @Test(arguments: 1...40) func aCursorNeverOutrunsRowsThatTheLogKeeps(_ seed: UInt64) throws {
        let life = try advance(on: SimulatedDisk(seed: seed), cutAtWrite: 1 + Int(seed % 16)) {
            changes, number in
            changes.put(number, at: "sum", in: kept)
            changes.put(number, at: "sum", in: results)
        }
        defer { life.store.close() }
        let sequence = try life.store.cursor(of: "test")?.sequence ?? 0
        let number = try life.number(in: kept)
        #expect(sequence >= life.lastWritten)
        #expect(number == sequence || number == sequence + 1)
        #expect(try life.number(in: results) == sequence)
    }

    /// A store behind a power cut.
    private struct Life {
        let store: BlockStore
        /// The last number of a cursor that was acknowledged before.
        let lastWritten: UInt64

        func number(in table: Table<FollowerName, Number>) throws -> UInt64 {
            try store.record(at: "sum", in: table)?.number ?? 0
        }
    }

    /// Moves a cursor with its number in rows, step by step, until the power is gone.
    private func advance(
        on disk: SimulatedDisk, cutAtWrite write: Int,
        _ change: (inout TableChanges, Number) -> Void
    ) throws -> Life {
        let store = try BlockStore.open(.simulated(on: disk))
        disk.cutPower(atWrite: write)
        var lastWritten: UInt64 = 0
        for sequence in 1...UInt64(10) {
            var changes = TableChanges()
            change(&changes, Number(sequence))
            do {
                try store.advance(
                    FollowerCursor(name: "test", sequence: sequence), with: changes, by: soon())
                lastWritten = sequence
            } catch {
                break
            }
        }
        #expect(!disk.isOn)
        store.close()
        disk.powerOn()
        return Life(store: try BlockStore.open(.simulated(on: disk)), lastWritten: lastWritten)
    }

    @Test func aStateHasALimit() throws {
        let store = try open()
        defer { store.close() }
        let state = Bytes([UInt8](repeating: 1, count: Limits.followerStateBytesMax))
        try store.advance(FollowerCursor(name: "test", sequence: 1, state: state), by: soon())
        let larger = FollowerCursor(name: "test", sequence: 2, state: state.appending([1]))
        let error = #expect(throws: BlockStoreError.self) {
            try store.advance(larger, by: soon())
        }
        #expect(error?.code == .tooLarge)
        #expect(try store.cursor(of: "test")?.sequence == 1)
    }

    @Test func aDamagedCursorIsNotGuessedAt() throws {
        let store = try open()
        defer { store.close() }
        let place = FollowerCursor.table.place(of: "test")
        for value in [[9, 1], MetaRow(sequence: 0, record: [9, 1]).encode()] as [Bytes] {
            try store.meta.write([.put(place, value)], by: soon())
            let error = #expect(throws: BlockStoreError.self) { try store.cursor(of: "test") }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("a damaged cursor of a follower") == true)
            let damage = try MetaCheck(store.meta.holder.current()).damage()
            #expect(damage?.kind == .corruption)
        }
    }

    private let kept = Table<FollowerName, Number>("K", rowName: "number")
    private let results = Table<FollowerName, Number>(
        "D", rowName: "number", durability: .derived)

    private struct Number: TableRecord {
        static var format: UInt8 { 1 }
        let number: UInt64

        init(_ number: UInt64) { self.number = number }
        init(reading reader: inout ByteReader) throws { number = try reader.readVarint() }
        func write(to writer: inout ByteWriter) { writer.appendVarint(number) }
    }
}
