/// A character that shows as itself, or one that does not: for everything that prints what others
/// have written.
package struct PrintableSample: Sendable, CustomStringConvertible {
    package let scalar: Unicode.Scalar
    package let isPrintable: Bool

    package var description: String { "U+" + String(scalar.value, radix: 16, uppercase: true) }

    /// One of each kind that is treated apart. Quotes and backslashes are not here: they show, and
    /// notations escape them all the same.
    package static let all: [PrintableSample] =
        [
            " ", "a", "~", "ü", "\u{301}", "٣", "„", "€", "字", "😀",
        ].map { PrintableSample(scalar: $0, isPrintable: true) }
        + [
            // Control characters.
            "\0", "\u{7}", "\t", "\n", "\r", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}",
            // Separators of lines and paragraphs.
            "\u{2028}", "\u{2029}",
            // Blanks other than U+0020.
            "\u{A0}", "\u{2003}", "\u{202F}", "\u{3000}",
            // Marks of format and direction.
            "\u{AD}", "\u{200B}", "\u{200D}", "\u{202E}", "\u{2066}", "\u{FEFF}", "\u{E0041}",
            // For private use, and not assigned.
            "\u{E000}", "\u{10FFFD}", "\u{378}", "\u{FFFF}",
        ].map { PrintableSample(scalar: $0, isPrintable: false) }
}
