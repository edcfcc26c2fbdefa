package import Buffers
import Execution

/// All metrics of a node, written out in the Prometheus text format.
///
/// Series are made at start, with their labels; what they show is kept where it is counted. Never a host
/// name, a CID or a path as a label: one series per value would flood the registry.
///
/// - Spec: Prometheus text exposition format 0.0.4.
package final class MetricRegistry: Sendable {
    struct Series: Sendable {
        let labels: [(name: String, value: String)]
        /// What it shows.
        let read: @Sendable () -> Double
    }

    struct Family: Sendable {
        let name: String
        let help: String
        let type: String
        var series: [Series]
    }

    private let families = Locked<[Family]>([])
    private let parts = Locked<[MemoryPart]>([])

    /// Starts empty.
    package init() {}

    /// Adds a gauge.
    ///
    /// - Parameter read: runs on the asking thread; must be quick and must not block.
    package func gauge(
        _ name: String, help: String, labels: [(name: String, value: String)] = [],
        read: @escaping @Sendable () -> Double
    ) {
        add(name, help, "gauge", labels, read)
    }

    /// Adds a counter.
    ///
    /// - Parameters:
    ///   - name: ends in `_total`.
    ///   - help: one line.
    ///   - labels: fixed for the life of the series.
    ///   - read: runs on the asking thread; never falls.
    package func counter(
        _ name: String, help: String, labels: [(name: String, value: String)] = [],
        read: @escaping @Sendable () -> Double
    ) {
        add(name, help, "counter", labels, read)
    }

    /// The parts of the node's memory that have a limit, in the order in which they were added. What
    /// a node may take is the sum of their limits and what has none: code, stacks, malloc's own.
    package var memoryParts: [MemoryPart] { parts.withLock { $0 } }

    func add(_ part: MemoryPart) {
        parts.withLock { $0.append(part) }
    }

    /// All series as text, families in the order in which they were added.
    package func exposition() -> Bytes {
        // Callbacks run without the lock: they may take locks of their own.
        let families = families.withLock { $0 }
        var writer = ByteWriter(capacity: 16 * 1024)
        for family in families { MetricText.write(family, to: &writer) }
        return writer.finish()
    }

    private func add(
        _ name: String, _ help: String, _ type: String,
        _ labels: [(name: String, value: String)], _ read: @escaping @Sendable () -> Double
    ) {
        families.withLock { families in
            let total = families.reduce(0) { $0 + $1.series.count }
            precondition(total < Limits.seriesMax, "too many metric series: a label is unbounded")
            let series = Series(labels: labels, read: read)
            if let index = families.firstIndex(where: { $0.name == name }) {
                families[index].series.append(series)
            } else {
                families.append(Family(name: name, help: help, type: type, series: [series]))
            }
        }
    }
}
