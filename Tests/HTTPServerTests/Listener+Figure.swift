import Buffers
import HTTPServer
import Telemetry

extension Listener {
    /// What `/metrics` says of the listener under a name without its `holdfast_http_`.
    func figure(_ name: String) -> Int? {
        let registry = MetricRegistry()
        register(in: registry)
        let start = "holdfast_http_\(name){listener=\"\(options.name)\"} "
        let line = registry.exposition().utf8Text?.split(separator: "\n").first {
            $0.hasPrefix(start)
        }
        return line.flatMap { Int($0.dropFirst(start.utf8.count)) }
    }
}
