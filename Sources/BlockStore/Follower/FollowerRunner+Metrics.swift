import Synchronization
import Telemetry

extension FollowerRunner {
    /// Adds what there is to see of it. To be called once.
    func addMetrics(to registry: MetricRegistry) {
        let name = "\(Subject.name)"
        let labels = [(name: "follower", value: name)]
        registry.memory("follower-\(name)", limit: Limits.followerPageBytesMax) {
            [weak self] in self?.heldByteCount.load(ordering: .relaxed) ?? 0
        }
        registry.gauge(
            "holdfast_follower_lag_numbers", help: "Numbers of the log that are not worked on yet.",
            labels: labels
        ) { [weak self] in Double(self?.status.lag ?? 0) }
        registry.gauge("holdfast_follower_paused", help: "1 if it is paused.", labels: labels) {
            [weak self] in self?.status.isPaused == true ? 1 : 0
        }
        registry.counter(
            "holdfast_follower_errors_total", help: "Turns that failed.", labels: labels
        ) { [weak self] in Double(self?.status.errorCount ?? 0) }
        registry.counter(
            "holdfast_follower_read_bytes_total", help: "Bytes of the log that were read.",
            labels: labels
        ) { [readByteCount] in Double(readByteCount.value) }
    }
}
