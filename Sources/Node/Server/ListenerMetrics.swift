import Execution
import HTTPServer
import Telemetry

/// The figures of listeners and of the process, for `/metrics`.
enum ListenerMetrics {
    static func add(_ listeners: [Listener], to metrics: MetricRegistry) {
        metrics.gauge("process_resident_memory_bytes", help: "Resident memory.") {
            Double(ProcessSetup.residentByteCount)
        }
        for listener in listeners { add(listener, to: metrics) }
    }

    private static func add(_ listener: Listener, to metrics: MetricRegistry) {
        let labels = [(name: "listener", value: listener.options.name)]
        metrics.gauge(
            "holdfast_http_connections", help: "Open connections.", labels: labels
        ) { Double(listener.statistics.openConnections) }
        metrics.gauge(
            "holdfast_http_connections_max", help: "Connections that may be open.", labels: labels
        ) { Double(listener.options.connectionsMax) }
        metrics.gauge(
            "holdfast_http_requests_running", help: "Requests being worked on.", labels: labels
        ) { Double(listener.statistics.runningRequests) }
        metrics.counter(
            "holdfast_http_received_bytes_total", help: "Bytes of request bodies.", labels: labels
        ) { Double(listener.statistics.receivedByteCount) }
        metrics.counter(
            "holdfast_http_sent_bytes_total", help: "Bytes of answers.", labels: labels
        ) { Double(listener.statistics.sentByteCount) }
        metrics.counter(
            "holdfast_http_broken_total", help: "Exchanges that broke off.", labels: labels
        ) { Double(listener.statistics.brokenExchanges) }
        for category in 1...5 {
            metrics.counter(
                "holdfast_http_answers_total", help: "Answers by the hundreds of their status.",
                labels: labels + [(name: "code", value: "\(category)xx")]
            ) { Double(listener.statistics.answersByCategory[category - 1]) }
        }
    }
}
