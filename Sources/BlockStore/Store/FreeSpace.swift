import Execution
import Synchronization

/// Keeps ordinary writes away from the reserve of free space.
///
/// The system is asked once for every few MiB that are written, not for every block.
final class FreeSpace: Sendable {
    private let folder: String
    private let reserve: Int
    private let disk: any StoreDisk
    /// Bytes that may be written before the system is asked again.
    private let allowance = Atomic<Int>(0)

    private struct Figure {
        var byteCount: Int?
        var isBeingAskedFor = false
    }

    private let figure = Locked(Figure())

    init(_ disk: any StoreDisk, folder: String, reserve: Int) {
        self.disk = disk
        self.folder = folder
        self.reserve = reserve
    }

    /// Free bytes of the disk now, the reserve included.
    var byteCount: Int? { disk.freeByteCount }

    /// The same as a figure, nil where it is not known: asked for by one at a time. On a disk that does not
    /// answer, one waits, and the others are told what was known last.
    var latestByteCount: Int? {
        let known = figure.withLock { figure -> Figure? in
            if figure.isBeingAskedFor { return figure }
            figure.isBeingAskedFor = true
            return nil
        }
        if let known { return known.byteCount }
        let count = byteCount
        figure.withLock { $0 = Figure(byteCount: count) }
        return count
    }

    /// Takes room for an ordinary write.
    ///
    /// - Parameter count: bytes of the values; everything is written twice, log and table.
    /// - Throws: `.diskFull`.
    func take(_ count: Int) throws(BlockStoreError) { try takeOnce(count * 2 + 64) }

    /// The same for bytes that are written once, beside the databases.
    func takeOnce(_ cost: Int) throws(BlockStoreError) {
        guard allowance.wrappingSubtract(cost, ordering: .relaxed).newValue < 0 else { return }
        guard let free = byteCount else { return }
        let usable = free - reserve - cost
        guard usable >= 0 else {
            allowance.store(0, ordering: .relaxed)
            throw full(missing: -usable)
        }
        allowance.store(min(usable, Limits.freeSpaceStepBytes), ordering: .relaxed)
    }

    /// Whether there is as much free space as a reopening needs.
    func holds(_ count: Int) -> Bool { (byteCount ?? .max) >= count }

    /// The error for a failed write, if the disk is as good as full.
    func fullError(needed: Int) -> BlockStoreError? {
        guard let free = byteCount, free < max(reserve, needed) else { return nil }
        return full(missing: max(reserve, needed) - free)
    }

    private func full(missing: Int) -> BlockStoreError {
        BlockStoreError(
            .diskFull(missingByteCount: missing),
            "the disk that holds \(folder) is full: \(missing) bytes are missing above the reserve "
                + "of \(reserve); free space, then try again")
    }
}
