import Synchronization

/// Counts observations by size in fixed buckets, with their sum: durations, lengths.
package final class Histogram: Sendable {
    /// Upper bounds of the buckets, rising; the last bucket (`+Inf`) is implied.
    package let bounds: [Double]
    private let counts: [Counter]
    /// The sum in millionths, so that it can be an atomic integer.
    private let sumMillionths = Atomic<UInt64>(0)

    /// Bounds in seconds for the time that a request takes.
    package static let requestSeconds = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300]

    /// Starts without observations.
    ///
    /// - Parameter bounds: rising.
    package init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bucket bounds must rise")
        self.bounds = bounds
        counts = (0...bounds.count).map { _ in Counter() }
    }

    /// Counts one observation.
    package func observe(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count].add()
        sumMillionths.wrappingAdd(UInt64(max(0, value) * 1e6), ordering: .relaxed)
    }

    /// Observations per bucket, not cumulative; the last one is `+Inf`.
    package var bucketCounts: [UInt64] { counts.map(\.value) }

    /// The sum of all observations.
    package var sum: Double { Double(sumMillionths.load(ordering: .relaxed)) / 1e6 }
}
