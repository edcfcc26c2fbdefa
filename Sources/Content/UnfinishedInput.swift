import Buffers
import Execution

/// What an upload has begun and not finished: a chunk, a block. In memory while the upload moves and
/// the budget of all such has room; otherwise in a file without a name, since thousands of uploads
/// can stand still, or move slowly, at once.
///
/// What arrives while it waits in the file is appended there, until it is worth going on. A block that
/// is larger than `Limits.assembledBytesMax` waits there until it is complete. Its memory then comes from
/// the budget of what is on its way to the store, and stays counted there until it is on disk: of such
/// blocks there is one in memory, not one at each step of the way.
final class UnfinishedInput {
    private let access: ContentAccess
    private let share: BudgetShare
    /// For what is too large to be assembled in memory.
    private let largeShare: WholeInputShare
    private let file: SpoolFile
    /// Where each of the runs ends that were put aside; empty while nothing waits in the file.
    private var ends: [UInt64] = []
    /// How many bytes have to arrive before it is worth going on.
    private var enough: UInt64 = 0
    /// How much of what arrived has been taken.
    private var taken: UInt64 = 0

    init(_ access: ContentAccess) {
        self.access = access
        share = BudgetShare(of: access.library.assemblyBudget)
        largeShare = WholeInputShare(access)
        file = SpoolFile(access, byteCountMax: UInt64(Limits.putAsideBytesMax))
    }

    /// Whether it waits in the file.
    var isAside: Bool { !ends.isEmpty }

    /// How much waits there.
    var asideByteCount: Int { Int(file.byteCount) }

    /// Whether it has memory that others may wait for.
    var holdsMemory: Bool { share.byteCount > 0 }

    /// Whether what came back is counted as input on its way to the store already, until `endLarge()`.
    var isLarge: Bool { largeShare.byteCount > 0 }

    /// What came back is on disk: its memory goes back.
    func endLarge() { largeShare.giveBack() }

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
    /// - Parameters:
    ///   - runs: come back in their order.
    ///   - missing: how many bytes have to arrive at least before it is worth going on.
    /// - Throws: `.storage` when the disk is full.
    func putAside(_ runs: [[Bytes]], missing: Int = 0) throws(ContentError) {
        for run in runs {
            for piece in run { try file.append(piece) }
            ends.append(file.byteCount)
        }
        taken = file.byteCount
        enough = UInt64(max(missing, Limits.arrivedBytesEnough))
        share.shrink(by: share.byteCount)
    }

    /// Takes bytes that arrive while it waits in the file.
    ///
    /// - Returns: whether there are enough to go on with.
    func append(_ piece: Bytes) throws(ContentError) -> Bool {
        try file.append(piece)
        return file.byteCount - (ends.last ?? 0) >= enough
    }

    /// Has come back what was put aside, with memory for that and for what arrived. Who calls has
    /// nothing on its way to the store: this waits for memory that others hold there.
    ///
    /// - Parameter receive: gets the pieces, each with the index of its run.
    /// - Throws: `.overloaded` when others have the memory for too long.
    /// - Blocking: waits for memory.
    func takeRuns(_ receive: (_ run: Int, _ piece: Bytes) -> Void) throws(ContentError) {
        let byteCount = Int(file.byteCount)
        if byteCount > Limits.assembledBytesMax {
            try largeShare.take(byteCount, within: Limits.ingestWait)
        } else {
            try access.context.take(
                min(byteCount, access.library.assemblyBudget.limit), in: share,
                within: Limits.ingestWait, "the memory for uploads")
        }
        var start: UInt64 = 0
        for (run, end) in ends.enumerated() {
            while start < end {
                let next = min(end, start + UInt64(Limits.arrivedPieceBytes))
                receive(run, try file.read(start..<next))
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
        return try file.read(taken..<end)
    }
}
