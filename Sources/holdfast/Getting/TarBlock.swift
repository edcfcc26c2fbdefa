import Buffers
import Execution

/// The header block of one entry (ustar), read as it stands: 512 bytes.
struct TarBlock {
    /// The size of every block of the format.
    static let byteCount = 512

    private let bytes: Bytes

    /// - Parameter bytes: 512 of them.
    /// - Throws: if the check sum does not fit.
    init(_ bytes: Bytes) throws(TarError) {
        precondition(bytes.count == Self.byteCount, "a block has 512 bytes")
        self.bytes = bytes
        var sum: UInt64 = 0
        for index in 0..<bytes.count {
            sum += UInt64((148..<156).contains(index) ? 0x20 : bytes[index])
        }
        guard try number(148, 8) == sum else { throw TarError("the archive is damaged") }
    }

    /// Whether a block holds nothing but zeros: the end of the archive.
    static func isEnd(_ bytes: Bytes) -> Bool {
        bytes.withByteSpan { span in
            for index in 0..<span.count where span[index] != 0 { return false }
            return true
        }
    }

    /// The letter of the entry's kind.
    var type: UInt8 { bytes[156] }

    /// The path, of both its fields.
    var path: Bytes {
        let isUstar = bytes[257..<262] == "ustar"
        let prefix = isUstar ? text(345, 155) : .empty
        return prefix.isEmpty ? text(0, 100) : [prefix, text(0, 100)].joined(separator: "/")
    }

    /// Where a link points.
    var linkTarget: Bytes { text(157, 100) }

    /// Bytes of content.
    ///
    /// - Throws: for a negative number, or one over 64 bits.
    func contentByteCount() throws(TarError) -> UInt64 { try number(124, 12) }

    /// The low 12 bits of the mode.
    func mode() throws(TarError) -> UInt32 { UInt32(try number(100, 8) & 0o7777) }

    /// Whole seconds. A negative or a large number is written in base 256.
    ///
    /// - Returns: nil for 0, which stands here where the content has no time; 1970-01-01 itself is
    ///   told by a PAX record.
    func modified() throws(TarError) -> WallTime? {
        let isBase256 = bytes[136] & 0x80 != 0
        let value = isBase256 ? signed(136, 12) : Int128(try number(136, 12))
        guard let seconds = Int64(exactly: value) else { throw Self.noNumber }
        return seconds == 0 ? nil : WallTime(seconds: seconds)
    }

    private func text(_ offset: Int, _ length: Int) -> Bytes {
        let field = bytes[offset..<offset + length]
        return Bytes(field.prefix(field.firstIndex(of: 0) ?? field.count).array)
    }

    /// Octal digits between blanks and zeros, or base 256 where the first bit is set.
    private func number(_ offset: Int, _ length: Int) throws(TarError) -> UInt64 {
        guard bytes[offset] & 0x80 == 0 else {
            guard let value = UInt64(exactly: signed(offset, length)) else { throw Self.noNumber }
            return value
        }
        var value: UInt64 = 0
        var hasEnded = false
        for index in offset..<offset + length {
            let byte = bytes[index]
            if byte == 0 || byte == 0x20 {
                // Blanks stand before the digits as well.
                hasEnded = hasEnded || byte == 0 || value > 0
                continue
            }
            guard !hasEnded, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "7") else {
                throw Self.noNumber
            }
            // At most 12 digits of three bits: no overflow.
            value = value << 3 | UInt64(byte - UInt8(ascii: "0"))
        }
        return value
    }

    /// A big-endian number in two's complement behind the mark of base 256: 63 to 95 bits.
    private func signed(_ offset: Int, _ length: Int) -> Int128 {
        let isNegative = bytes[offset] & 0x40 != 0
        var value: Int128 = isNegative ? -1 : 0
        for index in offset..<offset + length {
            let byte = index == offset ? bytes[index] | (isNegative ? 0x80 : 0) : bytes[index]
            let bits = index == offset && !isNegative ? byte & 0x7F : byte
            value = value << 8 | Int128(bits)
        }
        return value
    }

    private static let noNumber = TarError("a number in the archive is no number, or too large")
}
