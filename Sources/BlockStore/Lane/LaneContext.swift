import Execution
import Telemetry

/// What both lanes share: settings, the disk's free space, the quarantine, where to report.
struct LaneContext: Sendable {
    let isSynced: Bool
    let reopenDelay: Duration
    /// Bytes that must be free before a reopening is tried: the replayed log becomes a table.
    let reopenByteCount: Int
    let disk: any StoreDisk
    let freeSpace: FreeSpace
    let quarantine: Quarantine
    let unreadable = UnreadableBlocks()
    let clock: any TimeSource
    let log: Log

    /// Turns a failed write into what its waiters are told.
    func writeError(_ error: DatabaseError, _ name: String) -> BlockStoreError {
        if let full = freeSpace.fullError(needed: reopenByteCount) { return full }
        return BlockStoreError(
            .readOnly,
            "writing to \(name)/ failed (\(error.message)); the database is read-only until it has "
                + "been reopened, which is tried every \(reopenDelay): check the disk")
    }

    /// Waits until a reopening has a chance.
    ///
    /// - Parameters:
    ///   - state: of the lane.
    ///   - isClosing: whether the lane has to end.
    /// - Returns: false when the lane has to end instead, or should look again.
    func waitBeforeReopening<State>(
        _ state: Monitor<State>, isClosing: (State) -> Bool
    ) -> Bool {
        let due = clock.now.advanced(by: reopenDelay)
        let ended = clock.wait(on: state, until: due) { isClosing($0) ? true : nil }
        return ended == nil && freeSpace.holds(reopenByteCount)
    }
}

/// What a lane counts.
final class LaneFigures: Sendable {
    let batches = Counter()
    let items = Counter()
    let bytes = Counter()
    let failures = Counter()
}
