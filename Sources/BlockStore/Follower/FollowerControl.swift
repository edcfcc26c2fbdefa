import Execution

/// What the thread of a follower and those who call it tell each other. No I/O, no clock.
struct FollowerControl<Subject: Follower> {
    /// Where the thread is between its start and its end.
    enum Phase {
        /// Works, or waits for work. Exits: `paused`, `stopping`.
        case running
        /// Does nothing. Exits: `running`, `stopping`.
        case paused
        /// Was told to end. Exit: `ended`.
        case stopping
        /// There is no thread.
        case ended
    }

    /// What the thread does next.
    enum Order {
        case work
        case end
    }

    private(set) var phase = Phase.ended
    /// Whether somebody wants the work now, and the follower has not been told.
    private(set) var isHurryWanted = false
    /// As its cursor on disk has it.
    private(set) var follower: Subject
    private(set) var position: UInt64 = 0
    /// Whether it has nothing to do now, whatever is in the log.
    private(set) var isAtRest = false
    private(set) var errorCount = 0
    private var errorsInARow = 0
    /// What failed last; nil once something has come of it again.
    private(set) var error: String?

    init(_ follower: Subject) { self.follower = follower }

    // MARK: calls

    /// - Returns: false where there is a thread already.
    mutating func start() -> Bool {
        guard phase == .ended else { return false }
        phase = .running
        return true
    }

    mutating func pause() { if phase == .running { phase = .paused } }
    mutating func resume() { if phase == .paused { phase = .running } }
    mutating func hurry() { isHurryWanted = true }
    mutating func stop() { if phase != .ended { phase = .stopping } }

    // MARK: the thread

    /// Nil while there is nothing to do.
    mutating func nextOrder() -> Order? {
        switch phase {
        case .running: return .work
        case .paused: return nil
        case .stopping, .ended: return .end
        }
    }

    /// The cursor is on disk, or was read from there.
    mutating func moved(_ follower: Subject, to position: UInt64) {
        self.follower = follower
        self.position = position
        isAtRest = false
    }

    /// The follower was told that its work is wanted now, and its cursor says so.
    mutating func hurried() { isHurryWanted = false }

    /// It wants nothing for a while.
    mutating func rests() {
        isAtRest = true
        succeeded()
    }

    /// A turn has come to its end.
    mutating func succeeded() {
        error = nil
        errorsInARow = 0
    }

    /// A turn has failed.
    ///
    /// - Returns: how long to wait before the next one: twice as long each time, up to a limit.
    mutating func failed(_ error: BlockStoreError) -> Duration {
        self.error = error.message
        errorCount += 1
        defer { errorsInARow = min(errorsInARow + 1, 20) }
        return min(Limits.followerDelayMin * (1 << errorsInARow), Limits.followerDelayMax)
    }

    mutating func ended() { phase = .ended }
}
