import Buffers

/// A validator of one representation (RFC 9110, 8.8.3).
package struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// What stands between the quotes.
    package let value: String

    /// Whether it only says that two representations mean the same.
    package let isWeak: Bool

    /// Makes a tag.
    ///
    /// - Parameters:
    ///   - value: without the quotes around it. What may not stand between them is percent-coded,
    ///     and percent signs too, so that different texts make different tags.
    ///   - isWeak: as in `isWeak`.
    package init(_ value: String, isWeak: Bool = false) {
        self.init(checked: Self.coded(value), isWeak: isWeak)
    }

    private init(checked value: String, isWeak: Bool) {
        self.value = value
        self.isWeak = isWeak
    }

    /// Reads one tag with its quotes; nil if the text is none.
    package init?(parsing text: some StringProtocol) {
        var rest = Substring(text).trimmingBlanks
        guard let tag = Self.take(from: &rest), rest.isEmpty else { return nil }
        self = tag
    }

    package var description: String { (isWeak ? "W/\"" : "\"") + value + "\"" }

    /// Whether both are the same for a cache: weakness does not count.
    package func matchesWeakly(_ other: EntityTag) -> Bool { value == other.value }

    /// Whether both stand for the same bytes: neither may be weak.
    package func matchesStrongly(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && value == other.value
    }

    private static func coded(_ value: String) -> String {
        guard !value.consists(of: keptBytes) else { return value }
        return value.utf8.reduce(into: "") { text, byte in
            if keptBytes.contains(byte) {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += PercentCoding.encode(CollectionOfOne(byte), keeping: .unreserved)
            }
        }
    }

    private static let keptBytes = ByteSet.visible.without("\"%")

    /// Takes a tag from the front of a text; leaves the text alone if there is none.
    static func take(from text: inout Substring) -> EntityTag? {
        let isWeak = text.hasPrefix("W/")
        let quoted = isWeak ? text.dropFirst(2) : text
        guard quoted.utf8.first == UInt8(ascii: "\"") else { return nil }
        // By bytes: a combining mark behind the quote makes one Character with it.
        let inner = quoted[quoted.utf8.index(after: quoted.startIndex)...]
        guard let end = inner.utf8.firstIndex(of: UInt8(ascii: "\"")),
            inner[..<end].utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        text = inner[inner.utf8.index(after: end)...]
        return EntityTag(checked: String(inner[..<end]), isWeak: isWeak)
    }
}
