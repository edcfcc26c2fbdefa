import Execution

/// The steps in which a file system counts time: two changes within one leave the same times.
///
/// - Spec: Git, `Documentation/technical/racy-git.txt`.
enum TimeStep {
    /// How long it takes until a change of a file shows in its times.
    ///
    /// - Parameters:
    ///   - statusChanged: when it was changed last. One of whole seconds is taken for that of a file system
    ///     that has no others.
    ///   - now: the time of day. Where it is earlier than that, each change shows, if one clock has both.
    static func wait(after statusChanged: WallTime, at now: WallTime) -> Duration {
        let step = statusChanged.nanoseconds == 0 ? Limits.coarseTimeStep : Limits.fineTimeStep
        let (seconds, overflow) = now.seconds.subtractingReportingOverflow(statusChanged.seconds)
        guard !overflow, 0...2 ~= seconds else { return .zero }
        let elapsed =
            Duration.seconds(seconds) + .nanoseconds(Int64(now.nanoseconds))
            - .nanoseconds(Int64(statusChanged.nanoseconds))
        return elapsed < .zero ? .zero : max(.zero, step - elapsed)
    }

    /// Waits until every change of a file shows in its status.
    ///
    /// - Parameters:
    ///   - status: what it is when it is opened.
    ///   - path: of it, for the error.
    ///   - now: the time of day.
    ///   - look: gives its status again.
    /// - Returns: the status that is to be compared with that of later.
    /// - Throws: `AddError` where it is changed in each of many steps.
    static func settle(
        _ status: FileStatus, of path: String, now: () -> WallTime = { .now },
        lookingAgain look: () throws -> FileStatus
    ) throws -> FileStatus {
        var status = status
        for _ in 0..<Limits.timeStepsMax {
            let wait = wait(after: status.statusChanged, at: now())
            guard wait > .zero else { return status }
            Deadline.after(wait).wait()
            let later = try look()
            // Its times are those of a step that is over.
            if later == status { return status }
            status = later
        }
        throw AddError(
            "\(path) is changed again and again: nothing was pinned; add it again when nobody writes to "
                + "it")
    }
}
