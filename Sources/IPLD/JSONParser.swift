import Buffers

/// Reads the JSON codecs: RFC 8259 without lone surrogates, each key once.
struct JSONParser {
    private let text: [UInt8]
    private var index = 0
    /// Whether maps with the key `/` are links and bytes.
    private let readsLinks: Bool

    init(_ bytes: Bytes, readsLinks: Bool) {
        text = bytes.array
        self.readsLinks = readsLinks
    }

    /// Reads one value that takes all of the text, but for white space.
    mutating func parse() throws(IPLDError) -> IPLDValue {
        let value = try parseValue(depth: 0)
        skipSpace()
        guard index == text.count else {
            throw .json("unexpected content after end of json object", index)
        }
        return value
    }

    private mutating func parseValue(depth: Int) throws(IPLDError) -> IPLDValue {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return try parseMap(depth: depth + 1)
        case UInt8(ascii: "["): return try parseList(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "t"): return try parse("true", as: .bool(true))
        case UInt8(ascii: "f"): return try parse("false", as: .bool(false))
        case UInt8(ascii: "n"): return try parse("null", as: .null)
        default: return try parseNumber()
        }
    }

    private mutating func parseList(depth: Int) throws(IPLDError) -> IPLDValue {
        guard depth <= Limits.jsonDepthMax else { throw .tooDeep }
        index += 1
        var list: [IPLDValue] = []
        if try closes(with: "]") { return .list(list) }
        repeat { list.append(try parseValue(depth: depth)) } while try continues(until: "]")
        return .list(list)
    }

    private mutating func parseMap(depth: Int) throws(IPLDError) -> IPLDValue {
        guard depth <= Limits.jsonDepthMax else { throw .tooDeep }
        index += 1
        var entries: [IPLDValue.Entry] = []
        if try closes(with: "}") { return .map(entries) }
        repeat {
            entries.append(try parseEntry(depth: depth))
        } while try continues(until: "}")
        if let key = KeyOrder.firstRepetition(in: entries) {
            throw .json("repeat map key \"\(key)\"", index)
        }
        return readsLinks ? try DagJSON.interpret(entries) : .map(entries)
    }

    private mutating func parseEntry(depth: Int) throws(IPLDError) -> IPLDValue.Entry {
        skipSpace()
        guard try peek() == UInt8(ascii: "\"") else { throw .json("a map key is no text", index) }
        let key = try parseString()
        skipSpace()
        guard try peek() == UInt8(ascii: ":") else { throw .json("expected a colon", index) }
        index += 1
        return IPLDValue.Entry(key: key, value: try parseValue(depth: depth))
    }

    /// Whether the list or map ends here, before its first element.
    private mutating func closes(with end: Unicode.Scalar) throws(IPLDError) -> Bool {
        skipSpace()
        guard try peek() == UInt8(ascii: end) else { return false }
        index += 1
        return true
    }

    /// Passes the comma or the end behind an element.
    private mutating func continues(until end: Unicode.Scalar) throws(IPLDError) -> Bool {
        skipSpace()
        let byte = try peek()
        guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: end) else {
            throw .json("expected a comma or the end of a list or map", index)
        }
        index += 1
        return byte == UInt8(ascii: ",")
    }

    private mutating func parse(
        _ word: StaticString, as value: IPLDValue
    ) throws(IPLDError) -> IPLDValue {
        for byte in "\(word)".utf8 {
            guard try peek() == byte else { throw .json("unknown word", index) }
            index += 1
        }
        return value
    }

    private mutating func skipSpace() {
        while index < text.count {
            switch text[index] {
            case 0x20, 0x09, 0x0a, 0x0d: index += 1
            default: return
            }
        }
    }

    private func peek() throws(IPLDError) -> UInt8 {
        guard index < text.count else { throw .json("unexpected EOF", index) }
        return text[index]
    }
}

// MARK: - Texts

extension JSONParser {
    private mutating func parseString() throws(IPLDError) -> String {
        index += 1
        let start = index
        while index < text.count {
            switch text[index] {
            case UInt8(ascii: "\""):
                defer { index += 1 }
                return try string(text.span.extracting(start..<index))
            case UInt8(ascii: "\\"): return try parseEscapedString(from: start)
            case 0..<0x20: throw .json("a control character in a text", index)
            default: index += 1
            }
        }
        throw .json("unexpected EOF", index)
    }

    private mutating func parseEscapedString(from start: Int) throws(IPLDError) -> String {
        var bytes = Array(text[start..<index])
        while index < text.count {
            let byte = text[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return try string(bytes.span)
            case UInt8(ascii: "\\"): try appendEscape(to: &bytes)
            case 0..<0x20: throw .json("a control character in a text", index)
            default: bytes.append(byte)
            }
        }
        throw .json("unexpected EOF", index)
    }

    private mutating func appendEscape(to bytes: inout [UInt8]) throws(IPLDError) {
        let byte = try peek()
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(byte)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0c)
        case UInt8(ascii: "n"): bytes.append(0x0a)
        case UInt8(ascii: "r"): bytes.append(0x0d)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): bytes.append(contentsOf: String(try parseScalar()).utf8)
        default: throw .json("unknown escape in a text", index)
        }
    }

    /// Reads the four digits behind `\u`, and the second half of a surrogate pair.
    private mutating func parseScalar() throws(IPLDError) -> Unicode.Scalar {
        let first = UInt32(try parseFourDigits())
        var number = first
        if (0xd800..<0xdc00).contains(first), text[index...].starts(with: "\\u".utf8) {
            index += 2
            let second = UInt32(try parseFourDigits())
            guard (0xdc00..<0xe000).contains(second) else {
                throw .json("a lone surrogate in a text", index)
            }
            number = 0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(number) else {
            throw .json("a lone surrogate in a text", index)
        }
        return scalar
    }

    private mutating func parseFourDigits() throws(IPLDError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else {
                throw .json("expected a hexadecimal digit", index)
            }
            value = value << 4 | UInt16(digit)
            index += 1
        }
        return value
    }

    private func string(_ bytes: Span<UInt8>) throws(IPLDError) -> String {
        guard let text = try? UTF8Span(validating: bytes) else {
            throw .json("a text is not UTF-8", index)
        }
        return String(copying: text)
    }
}

// MARK: - Numbers

extension JSONParser {
    private mutating func parseNumber() throws(IPLDError) -> IPLDValue {
        let start = index
        if try peek() == UInt8(ascii: "-") { index += 1 }
        let isZero = try peek() == UInt8(ascii: "0")
        let digitCount = passDigits()
        guard digitCount == 1 || (digitCount > 1 && !isZero) else {
            throw .json("expected a value", start)
        }
        let hasFraction = try passFraction()
        let hasExponent = try passExponent()
        let digits = String(decoding: text[start..<index], as: UTF8.self)
        if !hasFraction, !hasExponent {
            guard let number = Int128(digits), IPLDValue.integerRange.contains(number) else {
                throw .json("an integer with more than 64 bits", start)
            }
            return .integer(number)
        }
        guard let number = Double(digits), number.isFinite else {
            throw .json("a number that is too large", start)
        }
        return .float(number)
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

extension IPLDError {
    static func json(_ cause: String, _ index: Int) -> IPLDError {
        IPLDError(.malformed, "json: \(cause) (at byte \(index))")
    }
}
