import Buffers
import Execution
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(20)))
struct MetricRegistryTests {
    @Test func theExpositionHasHelpTypeAndEscapedLabels() {
        let registry = MetricRegistry()
        let requests = registry.counter(
            "requests_total", help: "Requests.\nAll of them.", labels: [("class", "a\"b\\c\n")])
        requests.add(3)
        registry.gauge("open", help: "Open ones.").set(-2)
        registry.gauge("ratio", help: "A ratio.") { 0.5 }
        #expect(
            registry.exposition().utf8Text == """
                # HELP requests_total Requests.\\nAll of them.
                # TYPE requests_total counter
                requests_total{class="a\\"b\\\\c\\n"} 3
                # HELP open Open ones.
                # TYPE open gauge
                open -2
                # HELP ratio A ratio.
                # TYPE ratio gauge
                ratio 0.5

                """)
    }

    @Test func thePartsOfTheMemoryHaveALimitEach() throws {
        let registry = MetricRegistry()
        let budget = ByteBudget(name: "ingest", limit: 100)
        registry.memory(budget)
        registry.memory("cache", limit: 1000) { 7 }
        #expect(budget.tryAcquire(30))
        let text = try #require(registry.exposition().utf8Text)
        #expect(text.contains("holdfast_memory_bytes{part=\"ingest\"} 30\n"))
        #expect(text.contains("holdfast_memory_limit_bytes{part=\"ingest\"} 100\n"))
        #expect(text.contains("holdfast_memory_bytes{part=\"cache\"} 7\n"))
        #expect(registry.memoryParts.map(\.name) == ["ingest", "cache"])
        #expect(registry.memoryParts.reduce(0) { $0 + $1.limit } == 1100)
    }

    @Test func histogramsAreCumulative() {
        let registry = MetricRegistry()
        let histogram = registry.histogram("seconds", help: "Time.", bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
        let text = registry.exposition().utf8Text ?? ""
        #expect(text.contains("seconds_bucket{le=\"0.1\"} 2\n"))
        #expect(text.contains("seconds_bucket{le=\"1\"} 3\n"))
        #expect(text.contains("seconds_bucket{le=\"+Inf\"} 4\n"))
        #expect(text.contains("seconds_sum 7.65\n"))
        #expect(text.contains("seconds_count 4\n"))
    }

    @Test func seriesOfOneFamilyStandTogether() {
        let registry = MetricRegistry()
        _ = registry.counter("a_total", help: "A.", labels: [("x", "1")])
        _ = registry.counter("b_total", help: "B.")
        _ = registry.counter("a_total", help: "A.", labels: [("x", "2")])
        let lines = (registry.exposition().utf8Text ?? "").split(separator: "\n").map(String.init)
        #expect(
            lines.filter { !$0.hasPrefix("#") } == [
                "a_total{x=\"1\"} 0", "a_total{x=\"2\"} 0", "b_total 0",
            ])
    }

    @Test func countersAddUpOverThreads() {
        let counter = Counter()
        let threads = (0..<8).map { index in
            Thread(name: "add-\(index)") { for _ in 0..<10_000 { counter.add() } }
        }
        for thread in threads { thread.join() }
        #expect(counter.value == 80_000)
    }
}
