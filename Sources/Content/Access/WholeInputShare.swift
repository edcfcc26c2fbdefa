import Execution

/// The memory of an upload that is needed as a whole, from when it comes back from its file until it is on
/// disk.
///
/// It counts as input on its way to the store. A block over `Limits.assembledBytesMax` counts a second time
/// with the large blocks of readers, since LevelDB has it twice while it is written: beside one that is
/// written none is read.
package final class WholeInputShare {
    private let input: BudgetShare
    private let copy: BudgetShare
    private let access: ContentAccess

    /// Starts with nothing.
    package init(_ access: ContentAccess) {
        self.access = access
        input = BudgetShare(of: access.library.ingestBudget)
        copy = BudgetShare(of: access.library.blockMemory.large)
    }

    /// Bytes that it holds of the memory for input.
    var byteCount: Int { input.byteCount }

    /// Takes the memory. Who calls has nothing on its way to the store, and no block in hand: this waits for
    /// memory that others hold there.
    ///
    /// - Parameters:
    ///   - byteCount: of the upload.
    ///   - copies: how many times its memory is needed, itself included.
    ///   - patience: how long to wait at most.
    /// - Throws: `.overloaded` when others have the memory for too long, and as `RequestContext.check()`.
    package func take(
        _ byteCount: Int, copies: Int = 1, within patience: Duration
    ) throws(ContentError) {
        let library = access.library
        try access.context.take(
            min(byteCount * copies, library.ingestBudget.limit), in: input, within: patience,
            "the memory for uploads")
        guard byteCount > Limits.assembledBytesMax else { return }
        try access.context.take(
            min(byteCount, library.blockMemory.large.limit), in: copy, within: patience,
            "the memory for large blocks")
    }

    /// Gives it back.
    func giveBack() {
        input.shrink(by: input.byteCount)
        copy.shrink(by: copy.byteCount)
    }
}
