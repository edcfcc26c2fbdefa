import Execution
import Telemetry

/// Logs why requests of one listener failed: much of that a client can bring about as often as it likes,
/// so only so many lines are written, and the next one says how many were not.
struct FailureLog: Sendable {
    private let name: String
    private let log: Log
    private let rate = Locked(LineRate())

    init(ofListener name: String, _ log: Log) {
        self.name = name
        self.log = log
    }

    func write(_ text: String) {
        guard let leftOut = rate.withLock({ $0.next(at: Instant.now) }) else {
            log.debug("a request failed", [.text("listener", name), .text("error", text)])
            return
        }
        var fields: [LogField] = [.text("listener", name), .text("error", text)]
        if leftOut > 0 { fields.append(.integer("leftOutBefore", leftOut)) }
        log.warning("a request failed", fields)
    }
}
