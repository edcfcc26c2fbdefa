package import Execution

extension BlockStore {
    /// The last number of the log that is on disk.
    package var lastSequence: UInt64 { log.state.withLock { $0.durableThrough } }

    /// Reads the values of the log above a number, in order, as far as they are on disk.
    ///
    /// Nothing of the database is held when it returns. The bytes of a block are copied once, out of what
    /// LevelDB maps: a page takes what it may have, or one single larger value.
    ///
    /// - Parameters:
    ///   - sequence: the page begins behind this number.
    ///   - byteLimit: bytes of values that are read, but one value at least; no more than
    ///     `Limits.logPageBytesMax`.
    ///   - withBytes: whether the page gets the bytes of the blocks, too.
    /// - Returns: a page, empty where nothing is above the number.
    /// - Throws: `.closed`, and `.readError` where the database is not open. What the disk does not give, and
    ///   what is damaged, is told in the page.
    /// - Complexity: reads all bytes of the values, whether they are asked for or not; and where something is
    ///   damaged, up to `Limits.logProbeCountMax` numbers one by one.
    package func logPage(
        above sequence: UInt64, byteLimit: Int = Limits.logPageBytesMax, withBytes: Bool = false
    ) throws(BlockStoreError) -> LogPage {
        let (last, limit) = (lastSequence, max(1, min(byteLimit, Limits.logPageBytesMax)))
        do throws(DatabaseError) {
            return try log.holder.read { database throws(DatabaseError) in
                var reader = LogPageReader(
                    database, above: sequence, last: last, byteLimit: limit, withBytes: withBytes)
                return try reader.read()
            }
        } catch {
            guard error.kind != .closed else { throw .closed }
            throw BlockStoreError(
                .readError, "blocks/ could not be read: \(error.message); check the disk")
        }
    }

    /// Waits until the log has something on disk above a number.
    ///
    /// - Parameters:
    ///   - sequence: the number.
    ///   - deadline: when to give up.
    ///   - isOver: asked whenever the log has changed and after `wakeFollowers`, under a lock: whether the
    ///     caller has something else to do.
    /// - Returns: false at the deadline, when the store closes, and when it is over.
    package func waitForLog(
        above sequence: UInt64, by deadline: Deadline, unless isOver: () -> Bool = { false }
    ) -> Bool {
        log.progress.wait(by: deadline) { progress -> Bool? in
            // First: who was told to do nothing more does nothing more.
            if isOver() { return false }
            if progress.durableThrough > sequence { return true }
            return progress.isClosed ? false : nil
        } ?? false
    }

    /// Has those who wait for the log ask whether that is over.
    func wakeFollowers() { log.progress.notify { _ in } }
}
