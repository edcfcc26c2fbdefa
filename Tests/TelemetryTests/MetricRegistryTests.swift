import Buffers
import Execution
import Telemetry
import Testing

@Suite(.timeLimit(.minutes(40)))
struct MetricRegistryTests {
    @Test func theExpositionHasHelpTypeAndEscapedLabels() {
        let registry = MetricRegistry()
        let requests = Counter()
        requests.add(3)
        registry.counter(
            "requests_total", help: "Requests.\nAll of them.", labels: [("class", "a\"b\\c\n")]
        ) { Double(requests.value) }
        registry.gauge("open", help: "Open ones.") { -2 }
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

    @Test(arguments: [
        (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e16, "1e+16"),
    ])
    func whatIsNoNumberIsSpelledAsTheFormatHasIt(value: Double, text: String) {
        let registry = MetricRegistry()
        registry.gauge("figure", help: "A figure.") { value }
        #expect(registry.exposition().utf8Text?.hasSuffix("\nfigure \(text)\n") == true)
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

    @Test func seriesOfOneFamilyStandTogether() {
        let registry = MetricRegistry()
        registry.counter("a_total", help: "A.", labels: [("x", "1")]) { 0 }
        registry.counter("b_total", help: "B.") { 0 }
        registry.counter("a_total", help: "A.", labels: [("x", "2")]) { 0 }
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
