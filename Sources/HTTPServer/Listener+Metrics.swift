import Execution
package import Telemetry

extension Listener {
    /// Adds the listener's counts to a registry, under its name.
    package func register(in registry: MetricRegistry) {
        let core = core
        let labels = [(name: "listener", value: options.name)]
        registry.gauge(
            "holdfast_http_connections", help: "Open connections.", labels: labels
        ) { Double(core.counters.snapshot.openConnections) }
        registry.gauge(
            "holdfast_http_connections_max", help: "Connections that may be open.", labels: labels
        ) { [options] in Double(options.connectionsMax) }
        registry.gauge(
            "holdfast_http_requests_running", help: "Requests being worked on.", labels: labels
        ) { Double(core.counters.snapshot.runningRequests) }
        for (budget, name, help) in [
            (core.gathering, "gathering", "Memory that uploads gather in."),
            (core.heads, "head", "Memory of long request heads."),
            (core.heldAnswers, "held_answer", "Memory of answers whose clients take nothing."),
        ] {
            registry.gauge("holdfast_http_\(name)_bytes", help: help, labels: labels) {
                Double(budget.inUse)
            }
            registry.gauge(
                "holdfast_http_\(name)_bytes_max", help: "Limit of that memory.", labels: labels
            ) { Double(budget.limit) }
        }
        registerTotals(in: registry, labels)
        for (index, category) in ["1xx", "2xx", "3xx", "4xx", "5xx"].enumerated() {
            registry.counter(
                "holdfast_http_answers_total", help: "Answers by status.",
                labels: labels + [(name: "status", value: category)]
            ) { Double(core.counters.snapshot.answersByCategory[index]) }
        }
    }

    private func registerTotals(
        in registry: MetricRegistry, _ labels: [(name: String, value: String)]
    ) {
        let core = core
        registry.counter(
            "holdfast_http_connections_total", help: "Accepted connections.", labels: labels
        ) { Double(core.counters.snapshot.acceptedConnections) }
        registry.counter(
            "holdfast_http_evicted_connections_total",
            help: "Connections that were closed for want of room.", labels: labels
        ) { Double(core.counters.snapshot.evictedConnections) }
        registry.counter(
            "holdfast_http_broken_total", help: "Exchanges that broke off.", labels: labels
        ) { Double(core.counters.snapshot.brokenExchanges) }
        registry.counter(
            "holdfast_http_received_bytes_total", help: "Bytes of request bodies.", labels: labels
        ) { Double(core.counters.snapshot.receivedByteCount) }
        registry.counter(
            "holdfast_http_sent_bytes_total", help: "Bytes of answers' bodies.", labels: labels
        ) { Double(core.counters.snapshot.sentByteCount) }
    }
}
