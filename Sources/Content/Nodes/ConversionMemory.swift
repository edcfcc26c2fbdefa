import Execution
import IPLD

/// The memory of one conversion, for the value and what it becomes.
///
/// It is taken in one step: two who held some and wanted more would wait for each other. Most outputs are
/// about as long as the input. One that is longer is begun again, with memory for four times as much, or with
/// all that there is. It is taken before that of uploads and of blocks, never the other way round.
package struct ConversionMemory {
    private let context: RequestContext
    private let budget: ByteBudget
    private let share: BudgetShare
    private var decodedByteCount = 0
    private var outputMax = 0

    /// Nothing yet.
    package init(_ access: ContentAccess) {
        context = access.context
        budget = access.library.decodingBudget
        share = BudgetShare(of: budget)
    }

    /// Bytes that the output may have. Whoever has all of the memory is alone: a tree as large as one may be
    /// and its output can then take more than that, by `IPLD.Limits.treeBytesMax` at most.
    var outputBytesMax: Int { wantsAll ? IPLD.Limits.encodedBytesMax : outputMax }

    private var wantsAll: Bool { wanted >= budget.limit }

    /// The output twice: beside it stand the order of its keys, or the node that becomes dag-pb.
    private var wanted: Int { min(decodedByteCount + 2 * outputMax, budget.limit) }

    /// Takes what the conversion of a value needs, or notes it for `wait()`.
    ///
    /// - Parameters:
    ///   - undecoded: the value.
    ///   - byteCount: how long it is as it stands.
    mutating func takeAtOnce(for undecoded: UndecodedValue, of byteCount: Int) -> Bool {
        if outputMax == 0 { outputMax = 2 * byteCount + (64 << 10) }
        decodedByteCount = undecoded.decodedByteCount
        if share.byteCount >= wanted || share.grow(by: wanted - share.byteCount) { return true }
        share.shrink(by: share.byteCount)
        return false
    }

    /// Notes that the output is longer than thought.
    ///
    /// - Returns: whether more memory would help.
    mutating func wantMore() -> Bool {
        guard !wantsAll else { return false }
        outputMax *= 4
        share.shrink(by: share.byteCount)
        return true
    }

    /// Waits for what `takeAtOnce` has not got. To be called without a block, and without the
    /// memory of an upload.
    ///
    /// - Throws: `.overloaded`, and as `RequestContext.check()`.
    package func wait() throws(ContentError) {
        try context.take(
            wanted, in: share, within: Limits.memoryWait, "the memory for decoding")
    }
}
