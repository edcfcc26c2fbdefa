import Buffers
import Execution

/// What an upload has begun and not finished: a chunk, a block. In memory while the upload moves and
/// the budget of all such has room; otherwise in a file without a name, since thousands of uploads
/// can stand still, or move slowly, at once.
///
/// What arrives while it waits in the file is appended there, until it is worth going on.
final class UnfinishedInput {
    private let access: ContentAccess
    private let share: BudgetShare
    private let file: UnnamedFile
    /// Where each of the runs ends that were put aside; empty while nothing waits in the file.
    private var ends: [UInt64] = []
    /// How much of what arrived has been taken.
    private var taken: UInt64 = 0

    init(_ access: ContentAccess) {
        self.access = access
        share = BudgetShare(of: access.library.assemblyBudget)
        file = UnnamedFile(
            in: access.library.spoolFolder, byteCountMax: UInt64(Limits.putAsideBytesMax))
    }

    /// Whether it waits in the file.
    var isAside: Bool { !ends.isEmpty }

    /// Whether so many unfinished bytes may stay in memory. If not they have to be put aside. They may
    /// not grow while somebody waits, who would never have his turn beside many that do.
    func mayHold(_ byteCount: Int) -> Bool {
        let wanted = byteCount <= Limits.freeUnfinishedBytes ? 0 : byteCount
        if wanted > share.byteCount {
            return access.library.assemblyBudget.waiterCount == 0
                && share.grow(by: wanted - share.byteCount)
        }
        share.shrink(by: share.byteCount - wanted)
        return true
    }

    /// Nothing is unfinished any more: its memory goes back.
    func end() { share.shrink(by: share.byteCount) }

    /// Puts what is unfinished into the file.
    ///
    /// - Parameter runs: come back in their order.
    /// - Throws: `.storage` when the disk is full.
    func putAside(_ runs: [[Bytes]]) throws(ContentError) {
        for run in runs {
            for piece in run { try write(piece) }
            ends.append(file.byteCount)
        }
        taken = file.byteCount
        share.shrink(by: share.byteCount)
    }

    /// Takes bytes that arrive while it waits in the file.
    ///
    /// - Returns: whether there are enough to go on with.
    func append(_ piece: Bytes) throws(ContentError) -> Bool {
        try write(piece)
        return file.byteCount - (ends.last ?? 0) >= UInt64(Limits.arrivedBytesEnough)
    }

    /// Has come back what was put aside, with memory for that and for what arrived.
    ///
    /// - Parameter receive: gets the pieces, each with the index of its run.
    /// - Throws: `.overloaded` when others have the memory for too long.
    /// - Blocking: waits for memory.
    func takeRuns(_ receive: (_ run: Int, _ piece: Bytes) -> Void) throws(ContentError) {
        let wanted = min(Int(file.byteCount), access.library.assemblyBudget.limit)
        try access.context.take(
            wanted, in: share, within: Limits.ingestWait, "the memory for uploads")
        var start: UInt64 = 0
        for (run, end) in ends.enumerated() {
            while start < end {
                let next = min(end, start + UInt64(Limits.arrivedPieceBytes))
                receive(run, try read(start..<next))
                start = next
            }
        }
    }

    /// The next of the bytes that arrived; nil when all are taken, and nothing waits any more.
    func takeArrived() throws(ContentError) -> Bytes? {
        let end = min(file.byteCount, taken + UInt64(Limits.arrivedPieceBytes))
        guard taken < end else {
            file.reset()
            ends = []
            return nil
        }
        defer { taken = end }
        return try read(taken..<end)
    }

    private func write(_ piece: Bytes) throws(ContentError) {
        do {
            try file.append(piece)
        } catch {
            throw ContentError(.storage, error.description, cause: error)
        }
    }

    private func read(_ range: Range<UInt64>) throws(ContentError) -> Bytes {
        do {
            return try file.read(range)
        } catch {
            throw ContentError(.storage, error.description, cause: error)
        }
    }
}
