/// Names and paths. They are bytes: `String` compares by canonical equality and cuts between
/// grapheme clusters, so `é` would equal `e` and an accent, and a slash with an accent behind it
/// would be no slash. Text is made of a name for people only, and never the reverse.
extension Bytes {
    /// Whether these bytes are the UTF-8 form of a text; nothing is made alike first.
    package func spells(_ text: some StringProtocol) -> Bool {
        withByteSpan { span in
            var index = 0
            for byte in text.utf8 {
                guard index < span.count, span[index] == byte else { return false }
                index += 1
            }
            return index == span.count
        }
    }

    /// The first byte; nil where there is none.
    package var first: UInt8? { isEmpty ? nil : self[0] }

    /// The last byte; nil where there is none.
    package var last: UInt8? { isEmpty ? nil : self[count - 1] }

    /// Whether a byte is among these.
    package func contains(_ byte: UInt8) -> Bool { firstIndex(of: byte) != nil }

    /// The place of the first such byte.
    package func firstIndex(of byte: UInt8) -> Int? {
        withByteSpan { span in
            for index in 0..<span.count where span[index] == byte { return index }
            return nil
        }
    }

    /// The place of the last such byte.
    package func lastIndex(of byte: UInt8) -> Int? {
        withByteSpan { span in
            for index in stride(from: span.count - 1, through: 0, by: -1) where span[index] == byte
            { return index }
            return nil
        }
    }

    /// Whether these bytes begin with others.
    package func starts(with other: Bytes) -> Bool { prefix(other.count) == other }

    /// Whether these bytes end with others.
    package func ends(with other: Bytes) -> Bool {
        count >= other.count && dropFirst(count - other.count) == other
    }

    /// All but the last `length` bytes, sharing the memory.
    package func dropLast(_ length: Int) -> Bytes { prefix(max(0, count - length)) }

    /// What stands between separators, sharing the memory.
    ///
    /// - Parameters:
    ///   - separator: such as a slash or a newline.
    ///   - keepsEmpty: whether empty parts count; then there is one part more than separators.
    /// - Returns: the parts in their order.
    package func split(separator: UInt8, keepsEmpty: Bool = false) -> [Bytes] {
        Array(ByteParts(of: self, separator: separator, keepsEmpty: keepsEmpty))
    }

    /// These bytes and others behind them, in new memory.
    package func appending(_ other: Bytes) -> Bytes {
        var writer = ByteWriter(capacity: count + other.count)
        writer.append(self)
        writer.append(other)
        return writer.finish()
    }
}

extension Bytes: Comparable {
    /// Unsigned byte order, the beginning of a name before the name.
    package static func < (left: Bytes, right: Bytes) -> Bool {
        left.withByteSpan { left in
            right.withByteSpan { right in
                for index in 0..<min(left.count, right.count) where left[index] != right[index] {
                    return left[index] < right[index]
                }
                return left.count < right.count
            }
        }
    }
}

extension Bytes: ExpressibleByStringLiteral {
    /// The UTF-8 form of a literal, so that names can be compared with constants.
    package init(stringLiteral text: String) { self.init(utf8: text) }
}

extension Sequence<Bytes> {
    /// All of them in new memory, with a separator between two.
    package func joined(separator: Bytes) -> Bytes {
        var writer = ByteWriter()
        var isFirst = true
        for part in self {
            if !isFirst { writer.append(separator) }
            writer.append(part)
            isFirst = false
        }
        return writer.finish()
    }
}
