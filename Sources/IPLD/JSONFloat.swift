/// How a float is written as JSON: the shortest digits that read back, always with a decimal point
/// or an exponent, so that it is not read as an integer.
enum JSONFloat {
    /// The text of a float.
    ///
    /// - Throws: `.form` for NaN and infinity.
    static func text(of number: Double) throws(IPLDError) -> String {
        guard number.isFinite else {
            throw IPLDError(.form, "json: NaN and infinity are not supported")
        }
        let size = number.magnitude
        let sign = number.sign == .minus ? "-" : ""
        let (digits, exponent) = decimal(size)
        if size != 0, size < 1e-6 || size >= 1e21 {
            return sign + scientific(digits, exponent)
        }
        return sign + plain(digits, exponent)
    }

    /// The digits without zeros at either end, and the power of ten of the first one.
    private static func decimal(_ size: Double) -> (digits: [UInt8], exponent: Int) {
        let parts = "\(size)".split(separator: "e", maxSplits: 1)
        let mantissa = Array(parts[0].utf8)
        let pointIndex = mantissa.firstIndex(of: UInt8(ascii: ".")) ?? mantissa.count
        var digits = mantissa.filter { $0 != UInt8(ascii: ".") }
        var exponent = pointIndex - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.count > 1, digits.first == UInt8(ascii: "0") {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return digits == [UInt8(ascii: "0")] ? (digits, 0) : (digits, exponent)
    }

    private static func scientific(_ digits: [UInt8], _ exponent: Int) -> String {
        let rest = String(decoding: digits.dropFirst(), as: UTF8.self)
        let first = String(decoding: digits.prefix(1), as: UTF8.self)
        let sign = exponent < 0 ? "-" : "+"
        return first + (rest.isEmpty ? "" : "." + rest) + "e" + sign + "\(exponent.magnitude)"
    }

    private static func plain(_ digits: [UInt8], _ exponent: Int) -> String {
        let text = String(decoding: digits, as: UTF8.self)
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + text }
        let wholeCount = exponent + 1
        guard digits.count > wholeCount else {
            return text + String(repeating: "0", count: wholeCount - digits.count) + ".0"
        }
        return text.prefix(wholeCount) + "." + text.dropFirst(wholeCount)
    }
}
