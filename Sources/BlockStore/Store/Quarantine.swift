import Execution
import Multiformats
import Synchronization

/// The blocks that failed a check and are not served. A copy of table `z`.
final class Quarantine: Sendable {
    private let records: Locked<[Multihash: QuarantineRecord]>
    /// So that the usual case, none at all, costs a read no lock.
    private let recordCount: Atomic<Int>

    init(_ records: [Multihash: QuarantineRecord]) {
        recordCount = Atomic(records.count)
        self.records = Locked(records)
    }

    var count: Int { recordCount.load(ordering: .relaxed) }

    func contains(_ multihash: Multihash) -> Bool { record(of: multihash) != nil }

    func record(of multihash: Multihash) -> QuarantineRecord? {
        guard count > 0 else { return nil }
        return records.withLock { $0[multihash] }
    }

    var multihashes: [Multihash] { records.withLock { Array($0.keys) } }

    /// - Returns: whether it is new here.
    func insert(_ multihash: Multihash, _ record: QuarantineRecord) -> Bool {
        let (isNew, count) = records.withLock { records in
            let isNew =
                records[multihash] == nil && records.count < Limits.quarantineCountMax
            if isNew { records[multihash] = record }
            return (isNew, records.count)
        }
        recordCount.store(count, ordering: .relaxed)
        return isNew
    }

    func remove(_ multihash: Multihash) {
        let count = records.withLock { records in
            records[multihash] = nil
            return records.count
        }
        recordCount.store(count, ordering: .relaxed)
    }
}
