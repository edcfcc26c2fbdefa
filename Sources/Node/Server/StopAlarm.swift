import Execution
import Telemetry

/// Ends the process when its stop does not come to an end.
///
/// Requests are told when their time is over, and then end by themselves. One that does not, because
/// of a fault or of a disk that answers no more, must not keep the process: what was acknowledged is
/// on disk, and the next start recovers as after a crash.
///
/// Its threads exist from the start: there may be none left to be had when the stop comes.
struct StopAlarm {
    fileprivate enum Phase {
        case waiting
        /// Running requests are told to end at this time.
        case stopping(Deadline)
        case over
    }

    private let phase = Monitor(Phase.waiting)

    /// Prepares the alarm.
    ///
    /// - Parameters:
    ///   - grace: how long requests may take to end after they were told to.
    ///   - log: gets a line that says what did not end.
    ///   - running: asked for what still runs.
    init(
        grace: Duration = Limits.stopGrace, _ log: Log,
        running: @escaping @Sendable () -> [String]
    ) {
        let (phase, flushed) = (phase, LogFlush(log))
        _ = Thread(name: "stop-alarm") {
            let next = phase.wait(by: .never) { phase -> Phase? in
                if case .waiting = phase { nil } else { phase }
            }
            guard case .stopping(let deadline) = next, !phase.isOver(by: deadline),
                !phase.isOver(by: .after(grace))
            else { return flushed.cancel() }
            let names = running()
            log.error(
                "stopped without waiting any longer",
                [
                    .text("for", names.isEmpty ? "the store" : names.joined(separator: ", ")),
                    .integer("requests", names.count),
                ])
            flushed.run(by: .after(Limits.logFlushDuration))
            ProcessSetup.abandon(1)
        }
    }

    /// Sets the alarm.
    ///
    /// - Parameter deadline: when running requests are told to end; the grace begins then.
    func set(to deadline: Deadline) { phase.notify { $0 = .stopping(deadline) } }

    /// Everything has ended in time.
    func cancel() { phase.notify { $0 = .over } }
}

extension Monitor<StopAlarm.Phase> {
    fileprivate func isOver(by deadline: Deadline) -> Bool {
        wait(by: deadline) { if case .over = $0 { true } else { nil } } ?? false
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
            let next = phase.wait(by: .never) { $0 == .waiting ? nil : $0 }
            guard next == .running else { return }
            log.close()
            phase.notify { $0 = .done }
        }
    }

    func run(by deadline: Deadline) {
        phase.notify { $0 = .running }
        _ = phase.wait(by: deadline) { $0 == .done ? true : nil }
    }

    func cancel() { phase.notify { $0 = .done } }
}
