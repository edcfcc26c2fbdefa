import Buffers
import Execution
import Multiformats
import Telemetry

/// Brings the index to where the log is, before the store serves: scans what lies above the
/// high-water mark, or, after a repair, everything.
///
/// Runs on the opening thread, alone; writes its batches itself, synced.
struct Recovery {
    private let blocks: Database
    private let meta: Database
    private let now: WallTime
    private let log: Log
    private(set) var mark: HighWaterMark
    private(set) var report = RecoveryReport()
    private(set) var quarantined: [Multihash: QuarantineRecord] = [:]
    private(set) var lastSequence: UInt64 = 0
    private var pending: [(Multihash, IndexEntry)] = []

    init(
        blocks: Database, meta: Database, now: WallTime, log: Log
    ) throws {
        self.blocks = blocks
        self.meta = meta
        self.now = now
        self.log = log
        let value = try meta.value(for: MetaKey.highWaterMark)
        guard let mark = value.map(HighWaterMark.init(decoding:)) ?? HighWaterMark() else {
            throw BlockStoreError.damagedMark
        }
        self.mark = mark
    }

    /// Does what is needed.
    ///
    /// - Parameters:
    ///   - checksEverything: after a repair or an unclean stop without syncs.
    ///   - trustsLog: whether an index entry without its block is dropped (the log is all there is)
    ///     or quarantined (the block was acknowledged, and is lost).
    mutating func run(checksEverything: Bool, trustsLog: Bool) throws {
        try readQuarantine()
        let scan = LogScan(blocks)
        lastSequence = max(mark.sequence, try scan.lastSequence())
        if checksEverything {
            try checkEverything(trustsLog: trustsLog)
        } else if lastSequence > mark.sequence {
            try indexTail()
        }
        tell()
    }

    private mutating func readQuarantine() throws {
        let iterator = try Iterator(meta)
        iterator.seek(Key([MetaKey.quarantineTable]))
        while iterator.isValid, iterator.key.bytes.first == MetaKey.quarantineTable {
            if let multihash = try? Multihash(bytes: MetaKey.rest(of: iterator.key)),
                let record = QuarantineRecord(decoding: iterator.value)
            {
                quarantined[multihash] = record
            }
            iterator.next()
        }
        try iterator.check()
    }

    // MARK: the tail

    private mutating func indexTail() throws {
        var gaps = LogScan.Gaps()
        var items: [LogScan.Item] = []
        gaps = try LogScan(blocks).forEach(above: mark.sequence) { items.append($0) }
        for item in items {
            try add(item.multihash, item.entry, replaces: try indexed(item.multihash) != nil)
        }
        mark.sequence = lastSequence
        try flush()
        note(gaps)
    }

    private func indexed(_ multihash: Multihash) throws(DatabaseError) -> IndexEntry? {
        try meta.value(for: MetaKey.index(multihash)).flatMap(IndexEntry.init(decoding:))
    }

    private mutating func add(_ multihash: Multihash, _ entry: IndexEntry, replaces: Bool) throws {
        pending.append((multihash, entry))
        report.indexedBlockCount += 1
        if !replaces {
            mark.blockCount += 1
            mark.byteCount += entry.byteCount
        }
        if pending.count >= Limits.indexBatchCountMax {
            mark.sequence = entry.sequence
            try flush()
        }
    }

    private mutating func flush() throws {
        var batch = WriteBatch()
        for (multihash, entry) in pending {
            batch.put(MetaKey.index(multihash), entry.encode())
            if quarantined[multihash] != nil {
                batch.delete(MetaKey.quarantine(multihash))
                quarantined[multihash] = nil
            }
        }
        batch.put(MetaKey.highWaterMark, mark.encode())
        try meta.write(batch, isSynced: true)
        pending = []
    }

    // MARK: everything

    private mutating func checkEverything(trustsLog: Bool) throws {
        report.didCheckEverything = true
        var seen = SequenceSet(through: lastSequence)
        let gaps = try scanAll(&seen)
        try flush()
        note(gaps)
        try checkIndex(seen, trustsLog: trustsLog)
        mark.sequence = lastSequence
        try flush()
    }

    /// Gives every value of the log its index entry; the last value of a block wins.
    private mutating func scanAll(_ seen: inout SequenceSet) throws -> LogScan.Gaps {
        mark = HighWaterMark()
        var missing: [(Multihash, IndexEntry)] = []
        let (meta, log) = (meta, LogScan(blocks))
        let gaps = try log.forEach(above: 0) { item in
            seen.insert(item.entry.sequence)
            let known = try meta.value(for: MetaKey.index(item.multihash))
                .flatMap(IndexEntry.init(decoding:))
            if known?.sequence != item.entry.sequence {
                missing.append((item.multihash, item.entry))
            }
        }
        for (multihash, entry) in missing { try add(multihash, entry, replaces: true) }
        return gaps
    }

    /// Looks for entries whose block the log does not have, and counts the others.
    private mutating func checkIndex(_ seen: SequenceSet, trustsLog: Bool) throws {
        var lost: [(Multihash, IndexEntry)] = []
        let iterator = try Iterator(meta)
        iterator.seek(Key([MetaKey.indexTable]))
        while iterator.isValid, iterator.key.bytes.first == MetaKey.indexTable {
            if let multihash = try? Multihash(bytes: MetaKey.rest(of: iterator.key)),
                let entry = IndexEntry(decoding: iterator.value)
            {
                if seen.contains(entry.sequence) {
                    mark.blockCount += 1
                    mark.byteCount += entry.byteCount
                } else {
                    lost.append((multihash, entry))
                }
            }
            iterator.next()
        }
        try iterator.check()
        try setAside(lost, trustsLog: trustsLog)
    }

    private mutating func setAside(
        _ lost: [(Multihash, IndexEntry)], trustsLog: Bool
    ) throws {
        report.lostBlockCount = lost.count
        var batch = WriteBatch()
        for (multihash, entry) in lost {
            if trustsLog {
                batch.delete(MetaKey.index(multihash))
                continue
            }
            let record = QuarantineRecord(
                reason: .lost, sequence: entry.sequence, noticed: now)
            quarantined[multihash] = record
            batch.put(MetaKey.quarantine(multihash), record.encode())
            mark.blockCount += 1
            mark.byteCount += entry.byteCount
        }
        if batch.count > 0 { try meta.write(batch, isSynced: true) }
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
        log.warning(
            "the block log was read again after the last stop",
            [
                .integer("indexedBlockCount", report.indexedBlockCount),
                .integer("lostBlockCount", report.lostBlockCount),
                .integer("damagedValueCount", report.damagedValueCount),
            ])
    }
}

/// A set of numbers of the log: one bit each.
struct SequenceSet {
    private var words: [UInt64]

    init(through last: UInt64) {
        words = Array(repeating: 0, count: Int(last / 64) + 1)
    }

    mutating func insert(_ sequence: UInt64) {
        let word = Int(sequence / 64)
        guard word < words.count else { return }
        words[word] |= 1 << (sequence % 64)
    }

    func contains(_ sequence: UInt64) -> Bool {
        let word = Int(sequence / 64)
        return word < words.count && words[word] & (1 << (sequence % 64)) != 0
    }
}
