import Execution
import Multiformats

/// Looks for index entries whose block the log does not have, and counts the others.
///
/// Goes window by window over the numbers of the log, and over the index once for each, so the
/// memory is the same for a log of any length.
struct LogComparison {
    private let blocks: any Database
    private let meta: any Database
    private let trustsLog: Bool
    private let noticed: WallTime
    private(set) var blockCount = 0
    private(set) var byteCount = 0
    private(set) var lostBlockCount = 0

    /// - Parameter trustsLog: whether an entry without its block is dropped, or its block
    ///   quarantined.
    init(blocks: any Database, meta: any Database, trustsLog: Bool, noticed: WallTime) {
        self.blocks = blocks
        self.meta = meta
        self.trustsLog = trustsLog
        self.noticed = noticed
    }

    /// Compares all of the log with all of the index.
    ///
    /// - Parameters:
    ///   - first: the first window, filled by a walk that was needed anyway.
    ///   - quarantined: gets the blocks that are lost.
    mutating func run(
        from first: SequenceWindow, _ quarantined: inout Quarantine.Contents
    ) throws {
        var window = first
        try checkIndex(window, &quarantined)
        let scan = LogScan(blocks)
        while !window.isLast {
            window = window.next(from: try scan.firstSequence(above: window.through))
            // What cannot be read was told by the first walk.
            _ = try scan.forEach(above: window.after, through: window.through) {
                window.insert($0.sequence)
            }
            try checkIndex(window, &quarantined)
        }
    }

    private mutating func checkIndex(
        _ window: SequenceWindow, _ quarantined: inout Quarantine.Contents
    ) throws {
        var batch = WriteBatch()
        let iterator = try meta.makeIterator()
        iterator.seek(Key([MetaKey.indexTable]))
        while iterator.isValid, iterator.key.bytes.first == MetaKey.indexTable {
            if let multihash = try? Multihash(bytes: MetaKey.rest(of: iterator.key)),
                let entry = IndexEntry(decoding: iterator.value), window.covers(entry.sequence)
            {
                let isThere = window.contains(entry.sequence)
                if !isThere { setAside(multihash, entry, &batch, &quarantined) }
                if isThere || !trustsLog { count(entry) }
                if batch.count >= Limits.indexBatchCountMax { try write(&batch) }
            }
            iterator.next()
        }
        try iterator.check()
        try write(&batch)
    }

    private mutating func count(_ entry: IndexEntry) {
        blockCount += 1
        byteCount += entry.byteCount
    }

    private mutating func setAside(
        _ multihash: Multihash, _ entry: IndexEntry, _ batch: inout WriteBatch,
        _ quarantined: inout Quarantine.Contents
    ) {
        lostBlockCount += 1
        if trustsLog {
            batch.delete(MetaKey.quarantine(multihash))
            if quarantined.contains(multihash) == .yes { quarantined.remove(multihash) }
            return batch.delete(MetaKey.index(multihash))
        }
        let record = QuarantineRecord(reason: .lost, sequence: entry.sequence, noticed: noticed)
        _ = quarantined.insert(multihash)
        batch.put(MetaKey.quarantine(multihash), record.encode())
    }

    /// The walk goes on over the state of its beginning.
    private func write(_ batch: inout WriteBatch) throws(DatabaseError) {
        if batch.count > 0 { try meta.write(batch, isSynced: true) }
        batch.clear()
    }
}
