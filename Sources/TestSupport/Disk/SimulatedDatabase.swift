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
            try state.failWalk()
            return SimulatedIterator(
                state.media[name]?.visible ?? SortedEntries(), of: name, on: disk,
                badKeys: name == .blocks ? state.faults.badKeys : [])
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

/// A walk over the entries of a simulated database as they were at its beginning. As LevelDB's, it passes
/// over what the disk does not give, and says so when it is asked.
final class SimulatedIterator: DatabaseIterator {
    private let content: SortedEntries
    private let name: DatabaseName
    private let disk: SimulatedDisk
    private let badKeys: Set<Key>
    private var index: Int
    private var hasPassedBadKey = false

    init(
        _ content: SortedEntries, of name: DatabaseName, on disk: SimulatedDisk, badKeys: Set<Key>
    ) {
        self.content = content
        self.name = name
        self.disk = disk
        self.badKeys = badKeys
        index = content.entries.count
    }

    var isValid: Bool { content.entries.indices.contains(index) }

    func seek(_ key: Key) {
        index = content.firstIndex(notBefore: key)
        passBadKeys()
    }

    func seekToLast() { index = content.entries.count - 1 }
    func previous() { index -= 1 }

    func next() {
        index += 1
        passBadKeys()
    }

    private func passBadKeys() {
        while isValid, badKeys.contains(key) {
            hasPassedBadKey = true
            index += 1
        }
    }

    var key: Key { content.entries[index].key }

    func withValue<Result>(_ body: (RawSpan) -> Result) -> Result {
        disk.given(content.entries[index].value, name).withSpan(body)
    }

    func check() throws(DatabaseError) {
        guard hasPassedBadKey else { return }
        throw DatabaseError(
            kind: .inputOutput, message: "IO error: simulated walk: Input/output error")
    }
}
