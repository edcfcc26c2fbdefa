import Execution
import HTTP
import HTTPServer
import Telemetry

/// One line of the log for one exchange; at the level `debug` only.
enum AccessLine {
    static func write(_ record: AccessRecord, to log: Log) {
        log.debug(
            "request",
            [
                .text("listener", record.listenerName), .text("peer", record.peer),
                .text("method", record.method), .text("target", record.target),
                .integer("status", record.status?.code ?? 0),
                .integer("receivedBytes", Int(clamping: record.receivedByteCount)),
                .integer("sentBytes", Int(clamping: record.sentByteCount)),
                .number("seconds", record.duration.inSeconds),
                .truth("complete", record.isComplete),
            ])
    }
}
