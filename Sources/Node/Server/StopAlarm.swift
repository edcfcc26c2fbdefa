import Execution
import Telemetry

/// Ends the process when its stop does not come to an end.
///
/// Requests are told when their time is over, and then end by themselves. One that does not, because
/// of a fault or of a disk that answers no more, must not keep the process: what was acknowledged is
/// on disk, and the next start recovers as after a crash.
///
/// Its threads exist from the start, before the store is opened: there may be none left to be had when
/// the stop comes, and it may come while a disk takes its time over the opening.
struct StopAlarm {
    fileprivate enum Phase {
        case waiting
        /// Running requests are told to end at this time.
        case stopping(Deadline)
        case over
        /// Over, but for the reason, which is being told.
        case failed
    }

    private let phase = Monitor(Phase.waiting)
    private let flush: LogFlush

    /// Prepares the alarm.
    ///
    /// - Parameters:
    ///   - grace: how long requests may take to end after they were told to.
    ///   - log: gets a line that says what did not end.
    ///   - running: asked for what still runs; each of these texts is short.
    init(
        grace: Duration = Limits.stopGrace, _ log: Log,
        running: @escaping @Sendable () -> [String]
    ) {
        let (phase, flush) = (phase, LogFlush(log))
        self.flush = flush
        _ = Thread(name: "stop-alarm") {
            let next = phase.wait(by: .never) { phase -> Phase? in
                if case .waiting = phase { nil } else { phase }
            }
            guard case .stopping(let deadline) = next, !phase.isOver(by: deadline),
                !phase.isOver(by: .after(grace))
            else { return phase.abandonAfterFailure() }
            let names = running()
            log.error(
                "stopped without waiting any longer",
                [
                    .text("for", Self.shown(names)),
                    .integer("requests", names.count),
                ])
            flush.run(by: .after(Limits.logFlushDuration))
            ProcessSetup.abandon(1)
        }
    }

    /// The first few: a line with the requests of thousands of clients has no room in the log.
    static func shown(_ names: [String]) -> String {
        guard !names.isEmpty else { return "the store" }
        let shown = names.prefix(Limits.stopNamesMax).joined(separator: ", ")
        let leftOut = names.count - Limits.stopNamesMax
        return leftOut > 0 ? "\(shown) and \(leftOut) more" : shown
    }

    /// Sets the alarm; again is harmless.
    ///
    /// - Parameter deadline: when running requests are told to end; the grace begins then.
    func set(to deadline: Deadline) {
        phase.notify { if case .waiting = $0 { $0 = .stopping(deadline) } }
    }

    /// Everything has ended in time: turns it off, and writes what the log still has, unless nobody
    /// takes it.
    func end() {
        phase.notify { $0 = .over }
        flush.run(by: .after(Limits.logFlushDuration))
    }

    /// The same for a process that ends because something failed, and that has yet to say so: where
    /// nobody takes that either, it ends without.
    func endAfterFailure() {
        phase.notify { $0 = .failed }
        flush.run(by: .after(Limits.logFlushDuration))
    }
}

extension Monitor<StopAlarm.Phase> {
    fileprivate func isOver(by deadline: Deadline) -> Bool {
        wait(by: deadline) { phase in
            switch phase {
            case .over, .failed: true
            case .waiting, .stopping: nil
            }
        } ?? false
    }

    /// Ends the process after a failure, with as much time for the words behind the log as for the log.
    fileprivate func abandonAfterFailure() {
        let isOver = wait(by: .after(Limits.logFlushDuration * 2)) { phase -> Bool? in
            if case .failed = phase { nil } else { true }
        }
        if isOver == nil { ProcessSetup.abandon(1) }
    }
}

/// Writes what the log still has, unless nobody takes it.
private struct LogFlush {
    private enum Phase {
        case waiting, running, done
    }

    private let phase = Monitor(Phase.waiting)

    init(_ log: Log) {
        let phase = phase
        _ = Thread(name: "log-flush") {
            _ = phase.wait(by: .never) { $0 == .running ? true : nil }
            log.close()
            phase.notify { $0 = .done }
        }
    }

    func run(by deadline: Deadline) {
        phase.notify { if $0 == .waiting { $0 = .running } }
        _ = phase.wait(by: deadline) { $0 == .done ? true : nil }
    }
}
