import Buffers

/// Writes metric families in the Prometheus text format 0.0.4.
enum MetricText {
    static func write(_ family: MetricRegistry.Family, to writer: inout ByteWriter) {
        writer.append(utf8: "# HELP \(family.name) \(escapedHelp(family.help))\n")
        writer.append(utf8: "# TYPE \(family.name) \(family.type)\n")
        for series in family.series { write(series, of: family.name, to: &writer) }
    }

    private static func write(
        _ series: MetricRegistry.Series, of name: String, to writer: inout ByteWriter
    ) {
        switch series.source {
        case .counter(let counter): line(name, series.labels, "\(counter.value)", &writer)
        case .gauge(let gauge): line(name, series.labels, "\(gauge.value)", &writer)
        case .read(let read): line(name, series.labels, number(read()), &writer)
        case .histogram(let histogram): write(histogram, name, series.labels, &writer)
        }
    }

    private static func write(
        _ histogram: Histogram, _ name: String, _ labels: [(name: String, value: String)],
        _ writer: inout ByteWriter
    ) {
        var cumulative: UInt64 = 0
        for (index, count) in histogram.bucketCounts.enumerated() {
            cumulative += count
            let bound = index < histogram.bounds.count ? number(histogram.bounds[index]) : "+Inf"
            line("\(name)_bucket", labels + [("le", bound)], "\(cumulative)", &writer)
        }
        line("\(name)_sum", labels, number(histogram.sum), &writer)
        line("\(name)_count", labels, "\(cumulative)", &writer)
    }

    private static func line(
        _ name: String, _ labels: [(name: String, value: String)], _ value: String,
        _ writer: inout ByteWriter
    ) {
        writer.append(utf8: name)
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(escapedLabel($0.value))\"" }
            writer.append(utf8: "{\(pairs.joined(separator: ","))}")
        }
        writer.append(utf8: " \(value)\n")
    }

    /// Whole numbers without a fraction, as Prometheus prints them.
    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escapedLabel(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }

    private static func escapedHelp(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}
