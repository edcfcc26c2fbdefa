import Execution
import TestSupport

/// Looks at a process four times a second and remembers the most memory that it had.
final class NodeWatch: Sendable {
    private let figures: ProcessFigures
    private let peak = Locked(0)
    private let isOver = Locked(false)

    init(_ figures: ProcessFigures) { self.figures = figures }

    /// The most memory of its own that was seen, in MiB.
    var peakMebibytes: Int { peak.withLock { $0 } >> 20 }

    /// Looks until `end` is called.
    func run() {
        while !isOver.withLock({ $0 }) {
            let now = figures.ownByteCount
            peak.withLock { $0 = max($0, now) }
            pause(for: .milliseconds(250))
        }
    }

    func end() { isOver.withLock { $0 = true } }
}
