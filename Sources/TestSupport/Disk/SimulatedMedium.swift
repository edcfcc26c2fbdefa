import BlockStore
import Buffers

/// What a disk in memory knows of one database: what is sure to be on it, and what was written since
/// without being synced.
///
/// As LevelDB has it, writes go to one log after the other, and a sync is of the current log only: a power
/// cut can take an earlier write and leave a later one.
struct SimulatedMedium {
    typealias Change = (key: Key, value: Bytes?)

    private struct Written {
        let changes: [Change]
        let log: Int
        var isSynced: Bool
    }

    private var base = SortedEntries()
    private var written: [Written] = []
    private var log = 0

    /// What an open database shows.
    private(set) var visible = SortedEntries()

    /// Takes a batch that whoever has the database open sees, even if it never gets to the disk.
    mutating func apply(_ changes: [Change], reachesDisk: Bool, isSynced: Bool) {
        visible.apply(changes)
        if reachesDisk { append(changes, isSynced: isSynced) }
    }

    /// Takes a batch to the disk, or perhaps to the disk, that nobody sees before it is opened again.
    mutating func append(_ changes: [Change], isSynced: Bool = false) {
        written.append(Written(changes: changes, log: log, isSynced: false))
        guard isSynced else { return }
        for index in written.indices where written[index].log == log {
            written[index].isSynced = true
        }
        fold()
    }

    /// Goes on in another log, without a sync of the one before.
    mutating func startLog() { log += 1 }

    /// All of it is on disk.
    mutating func sync() {
        for index in written.indices { written[index].isSynced = true }
        fold()
    }

    /// The power is gone: of each log a part of what was not synced is lost, from some write on.
    mutating func cut(_ random: inout SeededRandom) {
        var isLost: Set<Int> = []
        written.removeAll { write in
            guard !write.isSynced else { return false }
            if random.below(3) == 0 { isLost.insert(write.log) }
            return isLost.contains(write.log)
        }
        sync()
    }

    /// Opens the database again: what did not get to the disk is not there, and LevelDB makes a table of
    /// the rest, which it syncs.
    mutating func reopen() {
        sync()
        visible = base
        log += 1
    }

    /// Takes entries out for good.
    mutating func lose(where isLost: (Key, Bytes) -> Bool) {
        reopen()
        base.apply(visible.entries.filter { isLost($0.key, $0.value) }.map { ($0.key, nil) })
        visible = base
    }

    private mutating func fold() {
        let count = written.firstIndex { !$0.isSynced } ?? written.count
        for write in written[..<count] { base.apply(write.changes) }
        written.removeFirst(count)
    }
}

/// Entries in the order of their keys.
struct SortedEntries {
    private(set) var entries: [(key: Key, value: Bytes)] = []

    subscript(key: Key) -> Bytes? {
        let index = firstIndex(notBefore: key)
        return index < entries.count && entries[index].key == key ? entries[index].value : nil
    }

    /// The index of the first entry whose key is not before another one.
    func firstIndex(notBefore key: Key) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key.bytes.lexicographicallyPrecedes(key.bytes) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    mutating func apply(_ changes: [SimulatedMedium.Change]) {
        for (key, value) in changes {
            let index = firstIndex(notBefore: key)
            if index < entries.count, entries[index].key == key { entries.remove(at: index) }
            if let value { entries.insert((key, value), at: index) }
        }
    }
}
