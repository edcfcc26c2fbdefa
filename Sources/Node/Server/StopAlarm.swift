import Execution
import Telemetry

/// Ends the process when its stop does not come to an end.
///
/// Requests are told when their time is over, and then end by themselves. One that does not, because
/// of a fault or of a disk that answers no more, must not keep the process: what was acknowledged is
/// on disk, and the next start recovers as after a crash.
struct StopAlarm {
    private let isOver = Monitor(false)

    /// Sets the alarm.
    ///
    /// - Parameters:
    ///   - deadline: when running requests are told to end; the grace begins then.
    ///   - grace: how long they may take to do so.
    ///   - log: gets a line that says what did not end.
    ///   - running: asked for what still runs.
    init(
        after deadline: Deadline, grace: Duration = Limits.stopGrace, _ log: Log,
        running: @escaping @Sendable () -> [String]
    ) {
        let isOver = isOver
        _ = Thread(name: "stop-alarm") {
            if isOver.wait(by: deadline, until: { $0 ? true : nil }) == true { return }
            let end = Deadline.after(grace)
            if isOver.wait(by: end, until: { $0 ? true : nil }) == true { return }
            let names = running()
            log.error(
                "stopped without waiting any longer",
                [
                    .text("for", names.isEmpty ? "the store" : names.joined(separator: ", ")),
                    .integer("requests", names.count),
                ])
            Self.flush(log)
            ProcessSetup.abandon(1)
        }
    }

    /// Writes what the log still has, unless nobody takes it.
    private static func flush(_ log: Log) {
        let isFlushed = Monitor(false)
        _ = Thread(name: "log-flush") {
            log.close()
            isFlushed.notify { $0 = true }
        }
        _ = isFlushed.wait(by: .after(Limits.logFlushDuration)) { $0 ? true : nil }
    }

    /// Everything has ended in time.
    func cancel() { isOver.notify { $0 = true } }
}
