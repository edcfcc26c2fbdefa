import Buffers

/// Writes metric families in the Prometheus text format 0.0.4.
enum MetricText {
    static func write(_ family: MetricRegistry.Family, to writer: inout ByteWriter) {
        writer.append(utf8: "# HELP \(family.name) \(escapedHelp(family.help))\n")
        writer.append(utf8: "# TYPE \(family.name) \(family.type)\n")
        for series in family.series {
            line(family.name, series.labels, number(series.read()), &writer)
        }
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

    /// Whole numbers without a fraction, and what is no number, as Prometheus prints them.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escapedLabel(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
    }

    private static func escapedHelp(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, character in
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
    }
}
