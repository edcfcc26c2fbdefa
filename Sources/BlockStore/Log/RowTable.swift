import Buffers

/// What a change has made of a row.
struct RowVersion: Hashable, Sendable {
    /// The number of its entry in the log.
    let sequence: UInt64
    /// What stands in the row; nil where it was removed.
    let record: Bytes?
}

/// The rows that `meta/` does not have yet: on their way to the log, and in it.
///
/// What is on its way nobody sees; what is in the log everybody does, before they look into `meta/`.
struct RowTable {
    private typealias Step = (key: Key, version: RowVersion)

    /// The last version of each row that is in the log and not in `meta/`.
    private(set) var visible: [Key: RowVersion] = [:]
    /// The number of the last version of each row that is on its way to the log.
    private var queued: [Key: UInt64] = [:]
    /// All versions, the oldest first: those in the log, then the others.
    private var order: [Step] = []
    /// How many of them are in the log.
    private(set) var writtenCount = 0
    /// What all of that takes.
    private(set) var byteCount = 0
    /// How often rows have gone over to `meta/`: who looks at both sees that none went between its looks.
    private(set) var settledCount: UInt64 = 0

    /// Entries of the log that say that a row was removed, which `meta/` knows by now: the log needs them no
    /// longer. Those that wait for a batch, and those of the batch that is being written.
    private var removals: [UInt64] = []
    private var writingRemovals: [UInt64] = []
    /// Whether `meta/` may lack rows that it had. Then their entries are in the log, and nobody who removes such a
    /// row knows which: that it was removed stays in the log until the two have been compared.
    private(set) var isMetaIncomplete = false

    /// Whether rows of so many bytes may come. Those that are more than there is room for come alone.
    func hasRoom(for byteCount: Int) -> Bool {
        self.byteCount == 0 || self.byteCount + byteCount <= Limits.rowTableBytesMax
    }

    /// Whether `meta/` should get them soon.
    var isShort: Bool { byteCount >= Limits.rowTableBytesMax / 2 }

    /// The number of the last version of a row, if it is here.
    func lastSequence(of key: Key) -> UInt64? { queued[key] ?? visible[key]?.sequence }

    /// The last number of these rows that is on its way to the log; nil where there is none.
    func queuedSequence(of keys: Set<Key>) -> UInt64? {
        queued.isEmpty ? nil : keys.lazy.compactMap { queued[$0] }.max()
    }

    // MARK: on the way to the log

    /// Adds a version that is on its way; its number is larger than all before.
    mutating func append(_ key: Key, _ version: RowVersion) {
        order.append((key, version))
        queued[key] = version.sequence
        byteCount += MemoryCost.row(key, version.record)
    }

    /// The log has everything up to a number.
    mutating func written(through sequence: UInt64) {
        while writtenCount < order.count {
            let (key, version) = order[writtenCount]
            guard version.sequence <= sequence else { break }
            visible[key] = version
            if queued[key] == version.sequence { queued[key] = nil }
            writtenCount += 1
        }
        writingRemovals = []
    }

    /// Drops what is on its way: it may be in the log or not, which shows when that is open again.
    mutating func writeFailed() {
        for (key, version) in order[writtenCount...] {
            byteCount -= MemoryCost.row(key, version.record)
        }
        order.removeLast(order.count - writtenCount)
        queued = [:]
        removals = writingRemovals + removals
        writingRemovals = []
    }

    // MARK: over to `meta/`

    /// The oldest versions in the log, without those that have been replaced.
    ///
    /// - Returns: the versions, and the number that they go up to where more follow.
    func writtenRows() -> (rows: [(Key, RowVersion)], endsAt: UInt64?) {
        var rows: [(Key, RowVersion)] = []
        var byteCount = 0
        for (index, (key, version)) in order[..<writtenCount].enumerated() {
            if index == Limits.indexBatchCountMax || byteCount > Limits.tableBatchBytesMax {
                return (rows, order[index - 1].version.sequence)
            }
            guard visible[key]?.sequence == version.sequence else { continue }
            rows.append((key, version))
            byteCount += key.bytes.count + (version.record?.count ?? 0)
        }
        return (rows, nil)
    }

    /// `meta/` has everything up to a number.
    mutating func settled(through sequence: UInt64) {
        var count = 0
        for (key, version) in order[..<writtenCount] {
            guard version.sequence <= sequence else { break }
            count += 1
            byteCount -= MemoryCost.row(key, version.record)
            guard visible[key]?.sequence == version.sequence else { continue }
            visible[key] = nil
            if version.record == nil { collect(version.sequence) }
        }
        guard count > 0 else { return }
        order.removeFirst(count)
        writtenCount -= count
        settledCount += 1
    }

    // MARK: removals

    /// Adds an entry that the log needs no longer. More than there is room for stay in the log, as nothing
    /// that anybody misses.
    mutating func collect(_ sequence: UInt64) {
        guard !isMetaIncomplete, removals.count < Limits.removalCountMax else { return }
        removals.append(sequence)
    }

    /// Whether any wait for a batch; nobody waits for them.
    var hasRemovals: Bool { !removals.isEmpty }

    /// Whether they are to be written even if nothing else is.
    var isFullOfRemovals: Bool { removals.count >= Limits.removalCountMax / 2 }

    /// Begins to take them out of the log.
    mutating func takeRemovals() -> [UInt64] {
        (writingRemovals, removals) = (removals, [])
        return writingRemovals
    }

    /// Leaves them in the log.
    mutating func dropRemovals() { removals = [] }

    /// `meta/` was repaired, and may lack rows until the next start.
    mutating func metaWasRepaired() {
        isMetaIncomplete = true
        dropRemovals()
    }
}
