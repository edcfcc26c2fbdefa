import Buffers
import Execution
import Multiformats
import Telemetry

/// Brings `meta/` to where the log is, before the store serves: scans what lies above the high-water mark,
/// or, after a repair, everything.
///
/// Runs on the opening thread, alone; writes its batches itself, synced, as soon as they are full:
/// it holds no list that grows with the log.
struct Recovery {
    private let blocks: any Database
    private let meta: any Database
    private let now: WallTime
    private let log: Log
    private let sequenceWindow: UInt64
    private let noteDamage: (String) -> Void
    /// How far the log went at least.
    private let end: LogEnd
    private(set) var mark: HighWaterMark
    private(set) var report = RecoveryReport()
    private(set) var quarantined = Quarantine.Contents()
    private(set) var lastSequence: UInt64 = 0
    private var pending: [Multihash: IndexEntry] = [:]
    private var rows: RowRecovery

    /// - Parameters:
    ///   - sequenceWindow: numbers of the log that are compared with the index at once.
    ///   - noteDamage: keeps a finding for whoever runs the node.
    init(
        blocks: any Database, meta: any Database, now: WallTime, log: Log,
        sequenceWindow: UInt64 = Limits.comparedCountMax,
        noteDamage: @escaping (String) -> Void = { _ in }
    ) throws {
        self.blocks = blocks
        self.meta = meta
        self.now = now
        self.log = log
        self.sequenceWindow = sequenceWindow
        self.noteDamage = noteDamage
        rows = RowRecovery(blocks: blocks, meta: meta)
        let value = try meta.value(for: MetaKey.highWaterMark)
        guard let mark = value.map(HighWaterMark.init(decoding:)) ?? HighWaterMark() else {
            throw HighWaterMark.damage
        }
        self.mark = mark
        end = try LogScan(blocks).end()
    }

    /// Whether the log has lost its end: `meta/` has taken over more than the log ever had.
    var isLogCutOff: Bool { end.last < mark.sequence }

    /// Whether `meta/` has lost changes that were on disk: the log has seen more of them. What the log has
    /// forgotten since then, because `meta/` had it, cannot be read from there again.
    var isMetaOlder: Bool { mark.changeCount < end.metaChangeCount }

    /// Does what is needed.
    ///
    /// - Parameters:
    ///   - checksEverything: after a repair or an unclean stop without syncs.
    ///   - trustsLog: whether an index entry without its block is dropped (the log is all there is)
    ///     or quarantined (the block was acknowledged, and is lost).
    ///   - truth: what is believed of rows, where everything is checked.
    mutating func run(
        checksEverything: Bool, trustsLog: Bool, truth: RowRecovery.Truth = .log
    ) throws {
        try readQuarantine()
        lastSequence = max(mark.sequence, end.last)
        mark.changeCount = max(mark.changeCount, end.metaChangeCount)
        if checksEverything {
            try checkEverything(trustsLog: trustsLog, truth)
        } else if lastSequence > mark.sequence {
            try indexTail()
        } else if isLogCutOff {
            try setAsideLost()
        }
        try keepEnd()
        try reviewQuarantine()
        report.recoveredRowCount = rows.recoveredCount
        report.rewrittenRowCount = rows.rewrittenCount
        report.droppedRowCount = rows.droppedCount
        tell()
    }

    /// Entries that the log needs no longer.
    var removals: [UInt64] { rows.removals }

    private mutating func readQuarantine() throws {
        let iterator = try meta.makeIterator()
        iterator.seek(Key([MetaKey.quarantineTable]))
        while iterator.isValid, iterator.key.bytes.first == MetaKey.quarantineTable {
            if let multihash = try? Multihash(bytes: MetaKey.rest(of: iterator.key)),
                QuarantineRecord(decoding: iterator.value) != nil
            {
                _ = quarantined.insert(multihash)
            }
            iterator.next()
        }
        try iterator.check()
    }

    /// Looks again at blocks that failed a check: what a disk or a memory gave wrongly for a while may be
    /// whole.
    private mutating func reviewQuarantine() throws(DatabaseError) {
        var batch = WriteBatch()
        for multihash in quarantined.multihashes.prefix(Limits.reviewedAtOpeningMax)
        where try isWhole(multihash) {
            batch.delete(MetaKey.quarantine(multihash))
            quarantined.remove(multihash)
            report.releasedBlockCount += 1
        }
        if batch.count > 0 { try meta.write(batch, isSynced: true) }
    }

    private func isWhole(_ multihash: Multihash) throws(DatabaseError) -> Bool {
        guard let entry = try known(multihash),
            // What the disk does not give stays where it is.
            case .whole? = try? blocks.finding(of: multihash, at: entry).hashed(multihash)
        else { return false }
        return true
    }

    // MARK: the tail

    private mutating func indexTail() throws {
        let gaps = try LogScan(blocks).forEach(above: mark.sequence) { item in
            switch item {
            case .block(let multihash, let entry):
                add(multihash, entry, isCounted: try known(multihash) != nil)
            case .row(let sequence, let row): rows.take(row, sequence)
            }
            try flushIfFull(through: item.sequence)
        }
        mark.sequence = lastSequence
        try flush()
        note(gaps)
    }

    /// What came last in the log is gone: a damaged end of LevelDB's log looks like one that was being written, or
    /// `blocks/` is a copy of before. The index knows which blocks are lost, and `meta/` has the only copy of rows.
    private mutating func setAsideLost() throws {
        let (lastInLog, known) = (end.last, mark.sequence)
        var comparison = LogComparison(
            blocks: blocks, meta: meta, trustsLog: false, noticed: now)
        // A window without numbers: nothing behind the end of the log is there.
        let window = SequenceWindow(
            after: lastInLog, from: lastInLog + 1, last: lastInLog, countMax: sequenceWindow)
        try comparison.run(from: window, &quarantined)
        report.lostBlockCount = comparison.lostBlockCount
        // Before the log goes further again: a start that is broken off here finds the same.
        noteDamage(
            "blocks/ ends with number \(lastInLog), and meta/ has seen it up to \(known): its end is lost, or "
                + "it is a copy of before. \(report.lostBlockCount) blocks are missing: restore them from a "
                + "replica, or store them again; `holdfast repo verify` names them. Pins are kept")
        try rows.reconcile(.meta, after: lastInLog, lastSequence: &lastSequence)
        mark.sequence = lastSequence
        try flush()
    }

    /// Where numbers are given out that the log does not have, it is told so: else the next start would take them
    /// for lost again.
    private func keepEnd() throws {
        guard end.last < lastSequence else { return }
        var batch = WriteBatch()
        let end = LogEnd(last: lastSequence, metaChangeCount: mark.changeCount)
        batch.put(LogEnd.key, end.encode())
        try blocks.write(batch, isSynced: true)
    }

    /// What the index says about a block, or is about to say.
    private func known(_ multihash: Multihash) throws(DatabaseError) -> IndexEntry? {
        if let entry = pending[multihash] { return entry }
        return try meta.value(for: MetaKey.index(multihash)).flatMap(IndexEntry.init(decoding:))
    }

    private mutating func add(_ multihash: Multihash, _ entry: IndexEntry, isCounted: Bool) {
        pending[multihash.compacted()] = entry
        report.indexedBlockCount += 1
        if !isCounted {
            mark.blockCount += 1
            mark.byteCount += entry.byteCount
        }
    }

    private mutating func flushIfFull(through sequence: UInt64) throws {
        guard pending.count >= Limits.indexBatchCountMax || rows.isFull else { return }
        mark.sequence = max(mark.sequence, sequence)
        try flush()
    }

    private mutating func flush() throws {
        var batch = WriteBatch()
        for (multihash, entry) in pending {
            batch.put(MetaKey.index(multihash), entry.encode())
            try release(multihash, &batch)
        }
        rows.flush(into: &batch)
        mark.changeCount += 1
        batch.put(MetaKey.highWaterMark, mark.encode())
        try meta.write(batch, isSynced: true)
        pending.removeAll(keepingCapacity: true)
    }

    /// A block that is stored again leaves the quarantine.
    private mutating func release(_ multihash: Multihash, _ batch: inout WriteBatch) throws {
        let key = MetaKey.quarantine(multihash)
        switch quarantined.contains(multihash) {
        case .no: return
        case .yes: break
        case .askDisk: guard try meta.value(for: key) != nil else { return }
        }
        batch.delete(key)
        quarantined.remove(multihash)
    }

    // MARK: everything

    private mutating func checkEverything(
        trustsLog: Bool, _ truth: RowRecovery.Truth
    ) throws {
        report.didCheckEverything = true
        // How far it went stays until the end: a check that is broken off asks for it again.
        let indexedThrough = mark.sequence
        (mark.blockCount, mark.byteCount) = (0, 0)
        let scan = LogScan(blocks)
        var window = SequenceWindow(
            after: 0, from: try scan.firstSequence(above: 0), last: lastSequence,
            countMax: sequenceWindow)
        let gaps = try scan.forEach(above: 0) { item in
            window.insert(item.sequence)
            switch item {
            case .row(let sequence, let row):
                try rows.compare(row, sequence, truth, indexedThrough: indexedThrough)
            case .block(let multihash, let entry):
                guard try isBetter(multihash, entry, than: try known(multihash)) else { return }
                // Counted when the index is compared with the log.
                add(multihash, entry, isCounted: true)
            }
            try flushIfFull(through: item.sequence)
        }
        try flush()
        note(gaps)
        // Of a log that cannot be read everywhere nobody knows what it lacks.
        let isWhole = gaps == LogScan.Gaps()
        try rows.reconcile(isWhole || truth != .log ? truth : .neither, lastSequence: &lastSequence)
        var comparison = LogComparison(
            blocks: blocks, meta: meta, trustsLog: trustsLog, noticed: now)
        try comparison.run(from: window, &quarantined)
        report.lostBlockCount = comparison.lostBlockCount
        mark.blockCount = comparison.blockCount
        mark.byteCount = comparison.byteCount
        mark.sequence = lastSequence
        try flush()
    }

    /// Whether the index has to point at a value of the log: the last value of a block wins, if it
    /// is there.
    private func isBetter(
        _ multihash: Multihash, _ entry: IndexEntry, than known: IndexEntry?
    ) throws -> Bool {
        guard let known else { return true }
        guard known.sequence > entry.sequence else { return known.sequence < entry.sequence }
        guard let value = try blocks.value(for: Key(sequence: known.sequence)),
            let later = try? StoredValue(decoding: value)
        else { return true }
        return later.multihash != multihash
    }

    // MARK: reporting

    private mutating func note(_ gaps: LogScan.Gaps) {
        report.damagedValueCount += gaps.damagedCount
        guard let message = gaps.message else { return }
        report.damagedValueCount += 1
        log.error("a part of the block log cannot be read", [.text("error", message)])
    }

    private func tell() {
        guard report != RecoveryReport() else { return }
        let message = "the block log was read again after the last stop"
        let fields: [LogField] = [
            .integer("indexedBlockCount", report.indexedBlockCount),
            .integer("lostBlockCount", report.lostBlockCount),
            .integer("damagedValueCount", report.damagedValueCount),
            .integer("releasedBlockCount", report.releasedBlockCount),
            .integer("recoveredRowCount", report.recoveredRowCount),
            .integer("rewrittenRowCount", report.rewrittenRowCount),
            .integer("droppedRowCount", report.droppedRowCount),
        ]
        // Blocks and rows that were not in `meta/` yet are what a crash leaves: nothing was lost.
        if report.lostBlockCount + report.damagedValueCount + report.rewrittenRowCount > 0 {
            log.warning(message, fields)
        } else {
            log.info(message, fields)
        }
    }
}
