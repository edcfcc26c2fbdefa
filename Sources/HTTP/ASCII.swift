package import Buffers

/// The byte classes of HTTP's grammar (RFC 9110, 5.6).
package enum ASCII {
    /// Whether a byte may stand in a token: a method, a field name, a parameter name.
    package static func isTokenByte(_ byte: UInt8) -> Bool { tokenBytes.contains(byte) }

    /// What a token is made of.
    package static let tokenBytes = ByteSet.alphanumerics.union("!#$%&'*+-.^_`|~")

    /// What a host with its port is made of (RFC 9110, 7.2; RFC 3986, 3.2.2). No `@`: what stands before
    /// it would be part of the name for one reader, and not for another.
    package static let hostBytes = ByteSet.alphanumerics.union("!$%&'()*+,-.:;=[]_~")

    /// What the value of a field that is sent is made of: nothing in it can end the line.
    package static let sentValueBytes = ByteSet.controls.inverted()

    /// What the value of a field that is received is made of (RFC 9110, 5.5).
    package static let receivedValueBytes = ByteSet.controls.inverted().union("\t")

    /// Whether a byte is a control character; the tab counts as one.
    package static func isControl(_ byte: UInt8) -> Bool { ByteSet.controls.contains(byte) }

    /// Blank or tab.
    package static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// The byte with A to Z made small.
    @inline(__always)
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    /// The value of a hexadecimal digit, or nil.
    package static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The digits of hexadecimal numbers, capital as RFC 3986 wants them.
    static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}

extension StringProtocol {
    /// Whether two texts are equal when A to Z count as a to z.
    package func equalsIgnoringASCIICase(_ other: some StringProtocol) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return zip(utf8, other.utf8).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }

    /// The text without blanks and tabs at both ends.
    package var trimmingBlanks: Substring {
        var bytes = Substring(self).utf8
        while let first = bytes.first, ASCII.isBlank(first) { bytes.removeFirst() }
        while let last = bytes.last, ASCII.isBlank(last) { bytes.removeLast() }
        return Substring(bytes)
    }

    /// Whether the text is a token: not empty, and only token bytes.
    package var isToken: Bool { !isEmpty && utf8.allSatisfy(ASCII.isTokenByte) }
}

/// The same for strings, since generic code is not specialised for its callers in other modules: these
/// are asked about each field of each answer.
extension String {
    /// Whether two texts are equal when A to Z count as a to z.
    package func equalsIgnoringASCIICase(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        let (left, right) = (utf8Span.span, other.utf8Span.span)
        for index in left.indices
        where ASCII.lowercased(left[index]) != ASCII.lowercased(right[index]) { return false }
        return true
    }

    /// Whether the text may stand in a field: nothing in it can end the line.
    package var isFieldValue: Bool { consists(of: ASCII.sentValueBytes) }

    /// Whether the text is a token: not empty, and only token bytes.
    package var isToken: Bool { !isEmpty && consists(of: ASCII.tokenBytes) }
}
