import Buffers
package import Execution

/// Appends a run of blocks that are to be durable together: one add, one CAR import.
///
/// `append` waits for room in the lane's queue but never for the disk; `barrier` waits until all
/// blocks of the run are on disk, those included that somebody else is writing just now. For one
/// thread. After an error the run has to be given up: what it appended may or may not be stored.
package final class Appender {
    private let store: BlockStore
    private let deadline: Deadline
    private var last = LogTicket.none
    private var failure: BlockStoreError?

    /// Blocks of this run that were not stored before.
    package private(set) var newBlockCount = 0
    /// Their bytes.
    package private(set) var newByteCount = 0

    init(store: BlockStore, deadline: Deadline) {
        self.store = store
        self.deadline = deadline
    }

    /// Hands a block in.
    ///
    /// - Parameter block: may be stored already; then nothing is written.
    /// - Returns: whether it was not stored before.
    /// - Throws: as `BlockStore.append`; a failed write of an earlier block of the run shows here or
    ///   at the barrier.
    @discardableResult
    package func append(_ block: VerifiedBlock) throws(BlockStoreError) -> Bool {
        if let failure { throw failure }
        let submission: BlockStore.Submission
        do throws(BlockStoreError) {
            submission = try store.submit(block, by: deadline)
            try follow(submission.ticket)
        } catch {
            failure = error
            throw error
        }
        if submission.isNew {
            newBlockCount += 1
            newByteCount += block.bytes.count
        }
        return submission.isNew
    }

    /// Returns once every block of the run is on disk.
    ///
    /// - Parameter deadline: when to give up; the blocks may then be written or not.
    /// - Throws: the error of a write that failed meanwhile, and `.deadlineExceeded`.
    package func barrier(by deadline: Deadline) throws(BlockStoreError) {
        if let failure { throw failure }
        try store.log.wait(for: last, by: deadline)
    }

    /// Remembers the last block of the run. When the database was reopened since the block before,
    /// that one's fate is settled first.
    private func follow(_ ticket: LogTicket) throws(BlockStoreError) {
        guard ticket != .none else { return }
        if last != .none, last.epoch != ticket.epoch {
            try store.log.wait(for: last, by: deadline)
        }
        guard last.epoch == ticket.epoch, last.sequence > ticket.sequence else {
            last = ticket
            return
        }
    }
}
