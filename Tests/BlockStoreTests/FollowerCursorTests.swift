import Buffers
import Execution
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

    /// The power is gone in the middle of the write, which may have got to the disk or not.
    @Test(arguments: 1...40) func aCursorNeverOutrunsItsResults(_ seed: UInt64) throws {
        let disk = SimulatedDisk(seed: seed)
        var store = try BlockStore.open(.simulated(on: disk))
        disk.cutPower(atWrite: 1 + Int(seed % 8))
        var lastWritten: UInt64 = 0
        for sequence in 1...UInt64(10) {
            let result = MetaChange.put(Key([0x7f]), Bytes([UInt8(sequence)]))
            do {
                try store.advance(
                    FollowerCursor(name: "test", sequence: sequence), with: [result], by: soon())
                lastWritten = sequence
            } catch {
                break
            }
        }
        #expect(!disk.isOn)
        store.close()
        disk.powerOn()
        store = try BlockStore.open(.simulated(on: disk))
        defer { store.close() }
        let sequence = try store.cursor(of: "test")?.sequence ?? 0
        let result = try store.meta.holder.current().value(for: Key([0x7f]))
        #expect(UInt64(result?.first ?? 0) == sequence)
        #expect(sequence == lastWritten || sequence == lastWritten + 1)
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
        try store.meta.write([.put(MetaKey.cursor("test"), [9, 1])], by: soon())
        let error = #expect(throws: BlockStoreError.self) { try store.cursor(of: "test") }
        #expect(error?.code == .corrupt)
    }
}
