package import Buffers

/// Reads one JSON text strictly (RFC 8259): no comments, no trailing commas, nothing after the value.
package struct JSONReader {
    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1
    /// Bytes that what is read may still take.
    private var room: Int

    private init(_ bytes: [UInt8], room: Int) {
        self.bytes = bytes
        self.room = room
    }

    /// Reads a whole text, within `Limits.valueByteCountMax`.
    ///
    /// - Parameter bytes: UTF-8.
    /// - Returns: the value.
    package static func read(_ bytes: Bytes) throws(JSONError) -> JSONValue {
        try read(bytes.array)
    }

    /// Reads a whole text.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8.
    ///   - limit: bytes of memory that the value may take, if not `Limits.valueByteCountMax`: two
    ///     bytes of text may be a value of 64.
    /// - Returns: the value.
    package static func read(
        _ bytes: [UInt8], valueByteCountMax limit: Int? = nil
    ) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes, room: limit ?? Limits.valueByteCountMax)
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.offset == bytes.count else {
            throw reader.failure("there is something after the end of the value")
        }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Limits.depthMax else { throw failure("too many levels of nesting") }
        skipBlanks()
        try take(memory: Limits.valueByteCount)
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("the text ends where a value should stand")
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
        default: throw failure("a value should stand here")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        var members: [JSONValue.Member] = []
        offset += 1
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(members) }
        try take(memory: Limits.listByteCount)
        while true {
            skipBlanks()
            guard peek == UInt8(ascii: "\"") else {
                throw failure("a name in quotes should stand here")
            }
            let line = self.line
            let name = try string()
            try take(memory: Limits.memberByteCount)
            skipBlanks()
            guard take(UInt8(ascii: ":")) else {
                let shown = name.shortened(toByteCount: Limits.shownNameByteCountMax)
                throw failure("a colon is missing after \"\(shown)\"")
            }
            members.append(
                JSONValue.Member(name: name, value: try value(depth: depth + 1), line: line))
            skipBlanks()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw failure("a comma or } is missing") }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        offset += 1
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        try take(memory: Limits.listByteCount)
        while true {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw failure("a comma or ] is missing") }
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[offset...].starts(with: text.utf8) else {
            throw failure("a value should stand here")
        }
        offset += text.utf8.count
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        let whole = takeDigits()
        guard whole > 0, whole == 1 || bytes[offset - whole] != UInt8(ascii: "0") else {
            throw failure("this is no number")
        }
        if take(UInt8(ascii: ".")), takeDigits() == 0 { throw failure("digits are missing") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            if takeDigits() == 0 { throw failure("digits are missing") }
        }
        try take(text: offset - start)
        return .number(String(decoding: bytes[start..<offset], as: UTF8.self))
    }

    private mutating func string() throws(JSONError) -> String {
        offset += 1
        var start = offset
        var text: [UInt8] = []
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                text += bytes[start..<offset]
                offset += 1
                try take(text: text.count)
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw failure("this text is not UTF-8")
                }
                return result
            case UInt8(ascii: "\\"):
                text += bytes[start..<offset]
                offset += 1
                text += String(try escaped()).utf8
                start = offset
            case 0..<0x20: throw failure("a control character in a text must be escaped")
            default: offset += 1
            }
        }
        throw failure("the quote at the end of this text is missing")
    }

    private mutating func escaped() throws(JSONError) -> Unicode.Scalar {
        guard let mark = peek else { throw failure("the text ends in an escape") }
        offset += 1
        switch mark {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(mark)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw failure("unknown escape in a text")
        }
    }

    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        guard let first = digits(at: offset) else {
            throw failure("four hexadecimal digits should stand here")
        }
        offset += 4
        // Go's rule: a half without its other half is the replacement character, and an escape
        // behind it that is no other half stands for itself.
        guard (0xD800..<0xDC00).contains(first), bytes[offset...].starts(with: "\\u".utf8),
            let second = digits(at: offset + 2), (0xDC00..<0xE000).contains(second)
        else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        offset += 6
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    /// The value of four hexadecimal digits; nil where something else stands, such as a sign.
    private func digits(at start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for byte in bytes[start..<start + 4] {
            guard let digit = JSONText.hexadecimal(byte) else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private mutating func take(text byteCount: Int) throws(JSONError) {
        // A shorter one stands in its value.
        guard byteCount > Limits.shortTextByteCount else { return }
        try take(memory: byteCount + Limits.textByteCount)
    }

    private mutating func take(memory byteCount: Int) throws(JSONError) {
        room -= byteCount
        guard room >= 0 else {
            throw failure("up to here it takes too much memory: ask for less at once")
        }
    }

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        offset += 1
        return true
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private mutating func takeDigits() -> Int {
        let start = offset
        while let byte = peek, Self.isDigit(byte) { offset += 1 }
        return offset - start
    }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            if byte == 0x0A { line += 1 }
            offset += 1
        }
    }

    private func failure(_ message: String) -> JSONError {
        let start = bytes[..<offset].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return JSONError(message: message, line: line, column: offset - start + 1)
    }
}
