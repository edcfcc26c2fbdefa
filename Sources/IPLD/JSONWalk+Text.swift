import Buffers
import JSON

/// Texts and numbers.
extension JSONWalk {
    /// Passes a text, which begins at its quote.
    mutating func takeText() throws(IPLDError) -> IPLDText {
        index += 1
        let start = index
        var isEscaped = false
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                let raw = text[start..<index - 1]
                guard raw.isUTF8 else { throw .json("a text is not UTF-8", index) }
                return IPLDText(raw: raw, isEscaped: isEscaped)
            case UInt8(ascii: "\\"):
                isEscaped = true
                try passEscape()
            case 0..<0x20: throw .json("a control character in a text", index)
            default: continue
            }
        }
        throw .json("unexpected EOF", index)
    }

    private mutating func passEscape() throws(IPLDError) {
        let byte = try peek()
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return
        case UInt8(ascii: "u"): try passScalar()
        default: throw .json("unknown escape in a text", index)
        }
    }

    /// Passes the four digits behind `\u`, and the second half of a surrogate pair.
    private mutating func passScalar() throws(IPLDError) {
        switch try takeFourDigits() {
        case 0xd800..<0xdc00:
            guard index + 1 < text.count, text[index] == UInt8(ascii: "\\"),
                text[index + 1] == UInt8(ascii: "u")
            else { throw .json("a lone surrogate in a text", index) }
            index += 2
            guard (0xdc00..<0xe000).contains(try takeFourDigits()) else {
                throw .json("a lone surrogate in a text", index)
            }
        case 0xdc00..<0xe000: throw .json("a lone surrogate in a text", index)
        default: return
        }
    }

    private mutating func takeFourDigits() throws(IPLDError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = JSONText.hexadecimal(try peek()) else {
                throw .json("expected a hexadecimal digit", index)
            }
            value = value << 4 | UInt16(digit)
            index += 1
        }
        return value
    }

    /// Reads a number; one without fraction and exponent is an integer.
    mutating func takeNumber() throws(IPLDError) -> IPLDEvent {
        let start = index
        let isNegative = try peek() == UInt8(ascii: "-")
        if isNegative { index += 1 }
        let firstDigit = index
        let isZero = try peek() == UInt8(ascii: "0")
        let digitCount = passDigits()
        guard digitCount == 1 || (digitCount > 1 && !isZero) else {
            throw .json("expected a value", start)
        }
        let hasFraction = try passFraction()
        let hasExponent = try passExponent()
        if !hasFraction, !hasExponent {
            return .integer(try integer(firstDigit..<index, isNegative: isNegative, start))
        }
        let digits = text[start..<index].utf8Text ?? ""
        guard let number = Double(digits), number.isFinite else {
            throw .json("a number that is too large", start)
        }
        return .float(number)
    }

    private func integer(
        _ range: Range<Int>, isNegative: Bool, _ start: Int
    ) throws(IPLDError) -> Int128 {
        // 2^64 has 20 digits, which are far from the end of 128 bits.
        var number: Int128 = 0
        for place in range.prefix(21) { number = number * 10 + Int128(text[place] & 0x0f) }
        if isNegative { number = -number }
        guard range.count <= 20, IPLDValue.integerRange.contains(number) else {
            throw .json("an integer with more than 64 bits", start)
        }
        return number
    }

    private mutating func passFraction() throws(IPLDError) -> Bool {
        guard index < text.count, text[index] == UInt8(ascii: ".") else { return false }
        index += 1
        guard passDigits() > 0 else { throw .json("expected a digit", index) }
        return true
    }

    private mutating func passExponent() throws(IPLDError) -> Bool {
        guard index < text.count, text[index] | 0x20 == UInt8(ascii: "e") else { return false }
        index += 1
        let sign = try peek()
        if sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { index += 1 }
        guard passDigits() > 0 else { throw .json("expected a digit", index) }
        return true
    }

    private mutating func passDigits() -> Int {
        let start = index
        while index < text.count, (0x30...0x39).contains(text[index]) { index += 1 }
        return index - start
    }
}
