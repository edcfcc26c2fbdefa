package import Buffers

/// Percent coding of paths and query values (RFC 3986, 2.1).
///
/// Decoding happens once, on one path segment or one query value at a time, so that a coded
/// separator is never taken for a separator by accident.
package enum PercentCoding {
    /// Which bytes stay as they are when a text is encoded.
    package enum Kept: Sendable {
        /// Letters, digits and `-_.~$&+,/:;=@`: a path in `Location`.
        case path
        /// Letters, digits and `-_.~$&+:=@`: one segment of a path, as Go escapes it.
        case segment
        /// Letters, digits and `-_.~`: a value in a query, or an extended parameter (RFC 8187).
        case unreserved
        /// All printable ASCII: a URL that is coded already.
        case printable

        /// The bytes that stay as they are.
        package var bytes: ByteSet {
            switch self {
            case .path: Self.pathBytes
            case .segment: Self.segmentBytes
            case .unreserved: Self.unreservedBytes
            case .printable: .visible
            }
        }

        private static let unreservedBytes = ByteSet.alphanumerics.union("-_.~")
        private static let segmentBytes = unreservedBytes.union("$&+:=@")
        private static let pathBytes = segmentBytes.union(",/;")
    }

    /// Decodes a path segment: `+` stays a plus sign.
    ///
    /// - Returns: bytes, because names need not be UTF-8.
    /// - Throws: `.badPercentCoding` for a `%` without two hexadecimal digits.
    package static func decode(_ text: String) throws(HTTPError) -> Bytes {
        if text.consists(of: uncodedBytes) { return Bytes(utf8: text) }
        return try decode(text.utf8Span.span, plusIsBlank: false)
    }

    private static let uncodedBytes = ByteSet("%").inverted()

    /// Decodes a name or value of a query, or a file name of a form: `+` is a blank.
    ///
    /// - Returns: bytes, because names need not be UTF-8; the same ones where nothing is coded.
    /// - Throws: `.badPercentCoding` for a `%` without two hexadecimal digits.
    package static func decodeForm(_ bytes: Bytes) throws(HTTPError) -> Bytes {
        guard bytes.contains(UInt8(ascii: "%")) || bytes.contains(UInt8(ascii: "+")) else {
            return bytes
        }
        return try bytes.withByteSpan { (span) throws(HTTPError) in
            try decode(span, plusIsBlank: true)
        }
    }

    /// Encodes bytes with capital digits.
    ///
    /// - Parameters:
    ///   - bytes: any bytes.
    ///   - kept: what stays readable.
    /// - Returns: ASCII text.
    package static func encode(_ bytes: some Sequence<UInt8>, keeping kept: Kept = .path) -> String
    {
        let kept = kept.bytes
        var coded: [UInt8] = []
        for byte in bytes {
            if kept.contains(byte) {
                coded.append(byte)
            } else {
                coded.append(UInt8(ascii: "%"))
                coded.append(ASCII.hexDigit(byte >> 4))
                coded.append(ASCII.hexDigit(byte & 15))
            }
        }
        return String(decoding: coded, as: UTF8.self)
    }

    /// Encodes bytes with capital digits.
    ///
    /// - Parameters:
    ///   - bytes: any bytes.
    ///   - kept: what stays readable.
    /// - Returns: ASCII text.
    package static func encode(_ bytes: Bytes, keeping kept: Kept = .path) -> String {
        encode(bytes.array, keeping: kept)
    }

    /// Encodes the UTF-8 form of a text.
    ///
    /// - Parameters:
    ///   - text: any text.
    ///   - kept: what stays readable.
    /// - Returns: ASCII text.
    package static func encode(_ text: String, keeping kept: Kept = .path) -> String {
        // A look first: most texts stay as they are.
        text.consists(of: kept.bytes) ? text : encode(text.utf8, keeping: kept)
    }

    private static func decode(
        _ text: Span<UInt8>, plusIsBlank: Bool
    ) throws(HTTPError) -> Bytes {
        var writer = ByteWriter(capacity: text.count)
        var index = 0
        while index < text.count {
            let byte = text[index]
            index += 1
            guard byte == UInt8(ascii: "%") else {
                writer.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            guard index + 1 < text.count, let high = ASCII.hexValue(text[index]),
                let low = ASCII.hexValue(text[index + 1])
            else {
                throw HTTPError(
                    .badPercentCoding, "\"%\" must be followed by two hexadecimal digits")
            }
            writer.append(high << 4 | low)
            index += 2
        }
        return writer.finish()
    }
}
