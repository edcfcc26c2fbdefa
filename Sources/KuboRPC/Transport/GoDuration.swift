/// Durations as Go writes them: `30s`, `1h5m`, `5000ms`, `1.5h`.
package enum GoDuration {
    /// Reads a duration.
    ///
    /// - Parameter text: numbers with units, the whole perhaps with a sign.
    /// - Returns: nil where Go's parser would refuse it, and for more than 290 years.
    package static func parse(_ text: String) -> Duration? {
        var rest = Array(text.utf8)[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        if rest.elementsEqual("0".utf8) { return .zero }
        guard !rest.isEmpty else { return nil }
        var nanoseconds = 0.0
        while !rest.isEmpty {
            guard let number = takeNumber(&rest), let unit = takeUnit(&rest) else { return nil }
            nanoseconds += number * unit
        }
        guard nanoseconds < 9.2e18 else { return nil }
        return .nanoseconds(Int64(isNegative ? -nanoseconds : nanoseconds))
    }

    private static func takeNumber(_ rest: inout ArraySlice<UInt8>) -> Double? {
        let digits = rest.prefix { $0 == UInt8(ascii: ".") || (48...57).contains($0) }
        guard digits.contains(where: { $0 != UInt8(ascii: ".") }) else { return nil }
        rest = rest.dropFirst(digits.count)
        let text = String(decoding: digits, as: UTF8.self)
        return Double(text.hasPrefix(".") ? "0" + text : text + (text.hasSuffix(".") ? "0" : ""))
    }

    private static func takeUnit(_ rest: inout ArraySlice<UInt8>) -> Double? {
        let name = rest.prefix { $0 != UInt8(ascii: ".") && !(48...57).contains($0) }
        rest = rest.dropFirst(name.count)
        return switch String(decoding: name, as: UTF8.self) {
        case "ns": 1
        case "us", "\u{b5}s", "\u{3bc}s": 1e3
        case "ms": 1e6
        case "s": 1e9
        case "m": 60e9
        case "h": 3600e9
        default: nil
        }
    }
}
