import Buffers
import Execution
import HTTP
import HTTPClient
import TestSupport

/// Looks at a process four times a second and remembers the most memory that it had. Once a second it asks
/// for the metrics: what is allocated and no part counts is what a limit is missing for.
final class NodeWatch: Sendable {
    private struct Peaks {
        var own = 0
        var uncounted = 0
    }

    private let figures: ProcessFigures
    private let client: HonestClient
    private let peaks = Locked(Peaks())
    private let isOver = Locked(false)

    init(_ figures: ProcessFigures, _ client: HonestClient) {
        (self.figures, self.client) = (figures, client)
    }

    /// The most memory of its own that was seen, in MiB.
    var peakMebibytes: Int { peaks.withLock { $0.own } >> 20 }

    /// The most that was allocated beside what the parts say, in MiB.
    var uncountedMebibytes: Int { peaks.withLock { $0.uncounted } >> 20 }

    /// Looks until `end` is called.
    func run() {
        var count = 0
        while !isOver.withLock({ $0 }) {
            let now = figures.ownByteCount
            peaks.withLock { $0.own = max($0.own, now) }
            if count % 4 == 0 { askForMetrics() }
            count += 1
            pause(for: .milliseconds(250))
        }
    }

    func end() { isOver.withLock { $0 = true } }

    private func askForMetrics() {
        guard let answer = try? client.answer(to: HonestRequest(.rpc, .get, "/metrics")),
            answer.status == .ok, let text = answer.body.utf8Text
        else { return }
        var (allocated, counted) = (0, 0)
        for line in text.split(separator: "\n") {
            guard let value = line.split(separator: " ").last.flatMap({ Double($0) }) else {
                continue
            }
            if line.hasPrefix("holdfast_allocated_memory_bytes ") { allocated = Int(value) }
            if line.hasPrefix("holdfast_memory_bytes{") { counted += Int(value) }
        }
        peaks.withLock { $0.uncounted = max($0.uncounted, allocated - counted) }
    }
}
