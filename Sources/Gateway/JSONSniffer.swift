/// Tells whether a text is JSON, or the beginning of JSON, without building a value.
///
/// One pass with a stack of open brackets; only objects and arrays count, because every number is a
/// text too.
enum JSONSniffer {
    private static let depthMax = 128

    /// Whether the bytes are one JSON object or array, or the beginning of one.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8 without a mark and without blanks in front.
    ///   - isWhole: whether everything must be closed at the end.
    static func looksLikeJSON(_ bytes: [UInt8], isWhole: Bool) -> Bool {
        guard let first = bytes.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
        else {
            return false
        }
        var scanner = Scanner(bytes: bytes)
        return scanner.run(isWhole: isWhole)
    }

    /// What may stand at the place that is looked at.
    private enum Expectation {
        case value, valueOrEnd, keyOrEnd, key, colon, commaOrEnd
    }

    private struct Scanner {
        let bytes: [UInt8]
        var index = 0
        var open: [UInt8] = []
        var expected = Expectation.value

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func run(isWhole: Bool) -> Bool {
            while index < bytes.count {
                let byte = bytes[index]
                if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
                    index += 1
                    continue
                }
                if open.isEmpty, index > 0 { return false }
                guard step(byte) else { return index >= bytes.count && !isWhole }
            }
            return open.isEmpty || !isWhole
        }

        /// Takes one token; false where it does not fit or is cut off.
        private mutating func step(_ byte: UInt8) -> Bool {
            switch (expected, byte) {
            case (.value, UInt8(ascii: "{")), (.valueOrEnd, UInt8(ascii: "{")):
                return push(byte, .keyOrEnd)
            case (.value, UInt8(ascii: "[")), (.valueOrEnd, UInt8(ascii: "[")):
                return push(byte, .valueOrEnd)
            case (.valueOrEnd, UInt8(ascii: "]")), (.commaOrEnd, UInt8(ascii: "]")):
                return pop(UInt8(ascii: "["))
            case (.keyOrEnd, UInt8(ascii: "}")), (.commaOrEnd, UInt8(ascii: "}")):
                return pop(UInt8(ascii: "{"))
            case (.keyOrEnd, UInt8(ascii: "\"")), (.key, UInt8(ascii: "\"")):
                return string(then: .colon)
            case (.colon, UInt8(ascii: ":")):
                return advance(.value)
            case (.commaOrEnd, UInt8(ascii: ",")):
                return advance(open.last == UInt8(ascii: "{") ? .key : .value)
            case (.value, UInt8(ascii: "\"")), (.valueOrEnd, UInt8(ascii: "\"")):
                return string(then: .commaOrEnd)
            case (.value, _), (.valueOrEnd, _):
                return word()
            default:
                return false
            }
        }

        private mutating func push(_ bracket: UInt8, _ next: Expectation) -> Bool {
            guard open.count < depthMax else { return false }
            open.append(bracket)
            return advance(next)
        }

        private mutating func pop(_ bracket: UInt8) -> Bool {
            guard open.last == bracket else { return false }
            open.removeLast()
            return advance(.commaOrEnd)
        }

        private mutating func advance(_ next: Expectation) -> Bool {
            index += 1
            expected = next
            return true
        }

        private mutating func string(then next: Expectation) -> Bool {
            index += 1
            while index < bytes.count {
                let byte = bytes[index]
                if byte < 0x20 { return false }
                if byte == UInt8(ascii: "\"") { return advance(next) }
                index += byte == UInt8(ascii: "\\") ? 2 : 1
            }
            return false
        }

        /// A number or one of the three words; their letters tell them from plain text well enough.
        private mutating func word() -> Bool {
            let start = index
            while index < bytes.count, isOfWord(bytes[index]) { index += 1 }
            let text = String(decoding: bytes[start..<index], as: UTF8.self)
            expected = .commaOrEnd
            if index == bytes.count { return false }
            return ["true", "false", "null"].contains(text) || Double(text) != nil
        }

        private func isOfWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"):
                true
            default: false
            }
        }
    }
}
