package import BlockStore
package import Buffers
import Execution

/// A database of a simulated disk, from its opening to its closing.
package final class SimulatedDatabase: Database {
    private let disk: SimulatedDisk
    private let name: DatabaseName
    private struct Handle {
        var isClosed = false
        /// Whether a write failed: what comes then is acknowledged and lost, as LevelDB does it.
        var isBroken = false
    }

    private let handle = Locked(Handle())

    init(_ name: DatabaseName, of disk: SimulatedDisk) {
        self.name = name
        self.disk = disk
    }

    package func value(for key: borrowing Key) throws(DatabaseError) -> Bytes? {
        let key = copy key
        return try use { state throws(DatabaseError) in
            try state.read(key, name)
        }
    }

    package func write(
        _ batch: borrowing WriteBatch, isSynced: Bool
    ) throws(DatabaseError) {
        var changes: [SimulatedMedium.Change] = []
        batch.forEach { changes.append(($0, $1)) }
        disk.dawdle()
        let wasBroken = handle.withLock { $0.isBroken }
        do throws(DatabaseError) {
            try use { state throws(DatabaseError) in
                try state.write(changes, name, isSynced: isSynced, isBroken: wasBroken)
            }
        } catch {
            handle.withLock { $0.isBroken = true }
            throw error
        }
    }

    package func makeIterator() throws(DatabaseError) -> any DatabaseIterator {
        try use { state throws(DatabaseError) in
            SimulatedIterator(state.media[name]?.visible ?? SortedEntries())
        }
    }

    package func flush() {
        let isBroken = handle.withLock { $0.isBroken || $0.isClosed }
        guard !isBroken else { return }
        try? use { state throws(DatabaseError) in state.media[name]?.sync() }
    }

    package func property(_ name: String) -> String? { nil }

    package func close() { handle.withLock { $0.isClosed = true } }

    private func use<Result>(
        _ body: (inout SimulatedDisk.State) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        guard !handle.withLock({ $0.isClosed }) else {
            throw DatabaseError(kind: .closed, message: "the database is closed")
        }
        return try disk.use(body)
    }
}

/// A walk over the entries of a simulated database as they were at its beginning.
final class SimulatedIterator: DatabaseIterator {
    private let content: SortedEntries
    private var index: Int

    init(_ content: SortedEntries) {
        self.content = content
        index = content.entries.count
    }

    var isValid: Bool { content.entries.indices.contains(index) }
    func seek(_ key: Key) { index = content.firstIndex(notBefore: key) }
    func seekToLast() { index = content.entries.count - 1 }
    func next() { index += 1 }
    func previous() { index -= 1 }
    var key: Key { content.entries[index].key }

    func withValue<Result>(_ body: (RawSpan) -> Result) -> Result {
        content.entries[index].value.withSpan(body)
    }

    func check() throws(DatabaseError) {}
}
