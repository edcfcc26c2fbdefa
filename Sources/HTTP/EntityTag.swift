/// A validator of one representation (RFC 9110, 8.8.3).
package struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// What stands between the quotes.
    package let value: String

    /// Whether it only says that two representations mean the same.
    package let isWeak: Bool

    /// Makes a tag.
    ///
    /// - Parameters:
    ///   - value: without quotes, and without a quote in it.
    ///   - isWeak: as in `isWeak`.
    package init(_ value: String, isWeak: Bool = false) {
        self.value = value
        self.isWeak = isWeak
    }

    /// Reads one tag with its quotes; nil if the text is none.
    package init?(parsing text: some StringProtocol) {
        var rest = Substring(text).trimmingBlanks
        guard let tag = Self.take(from: &rest), rest.isEmpty else { return nil }
        self = tag
    }

    package var description: String { isWeak ? "W/\"\(value)\"" : "\"\(value)\"" }

    /// Whether both are the same for a cache: weakness does not count.
    package func matchesWeakly(_ other: EntityTag) -> Bool { value == other.value }

    /// Whether both stand for the same bytes: neither may be weak.
    package func matchesStrongly(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && value == other.value
    }

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
        return EntityTag(String(inner[..<end]), isWeak: isWeak)
    }
}
