import BlockStore
import Buffers
import Content
import Execution
import JSON

/// `scrub/status` and `scrub/now`.
enum ScrubCommands {
    static func status(_ invocation: Invocation) throws -> Answer {
        let runner = invocation.settings.scrubber
        let status = try runner?.status ?? FollowerStatus(storedIn: invocation.library.store)
        let scrubber = status.follower
        return .value(
            .object([
                ("State", .text(state(of: status, isServing: runner != nil))),
                ("Position", .unsigned(status.position)),
                ("Last", .unsigned(invocation.library.store.lastSequence)),
                ("Run", scrubber.run.map(figures) ?? .null),
                ("LastRun", scrubber.lastRun.map(figures) ?? .null),
                ("Errors", .count(status.errorCount)), ("Error", .text(status.error ?? "")),
            ]))
    }

    static func now(_ invocation: Invocation) throws -> Answer {
        guard let scrubber = invocation.settings.scrubber else {
            throw RPCError.failed(
                "no node is running, which would have to read the blocks: start one with "
                    + "`holdfast serve`, or use `holdfast repo verify`")
        }
        scrubber.hurry()
        return .value(.object([("Begun", .flag(true))]))
    }

    /// One word for people and programs.
    private static func state(
        of status: FollowerStatus<Scrubber>, isServing: Bool
    ) -> String {
        guard isServing else { return "stopped" }
        let scrubber = status.follower
        if status.isPaused { return "paused" }
        if status.error != nil { return "failing" }
        // From the moment on that somebody asks: who waits for the end must not take the last run for it.
        let isWanted = status.isHurryWanted || scrubber.isWanted
        if isWanted || scrubber.run != nil && scrubber.isHurried { return "hurrying" }
        guard scrubber.interval != nil else { return "off" }
        return scrubber.run == nil ? "waiting" : "running"
    }

    private static func figures(_ run: ScrubRun) -> JSONOutput {
        .object([
            ("Began", .text(text(run.began))), ("Ended", .text(run.ended.map(text) ?? "")),
            ("Target", .unsigned(run.target)), ("Checked", .unsigned(run.checkedCount)),
            ("CheckedBytes", .unsigned(run.checkedByteCount)),
            ("Damaged", .unsigned(run.damagedCount)), ("Freed", .unsigned(run.freedCount)),
            ("Unreadable", .unsigned(run.unreadableCount)),
            ("Garbage", .unsigned(run.garbageCount)),
        ])
    }

    private static func text(_ time: WallTime) -> String {
        RFC3339.text(seconds: time.seconds, nanoseconds: 0, .asNeeded)
    }
}
