/// Names that file systems, terminals, pages and string types take amiss.
extension Choices {
    /// The bytes of a name in a folder, of a link's target, of an upload.
    mutating func hostileName() -> [UInt8] {
        switch below(8) {
        case 0: Array(pick(Self.plainNames).utf8)
        case 1, 2: Array(pick(Self.strangeNames).utf8)
        case 3: pick(Self.rawNames)
        case 4: [UInt8](repeating: UInt8(ascii: "n"), count: pick([1, 99, 100, 101, 254, 255]))
        case 5: bytes(upTo: 12)
        case 6: Array((pick(Self.plainNames) + pick(Self.strangeNames)).utf8)
        default: oneIn(16) ? longName() : Array("\(below(65_536))".utf8)
        }
    }

    private mutating func longName() -> [UInt8] {
        let count = pick([256, 257, 4_096, 8_192, 65_535, 100_000])
        return [UInt8](repeating: pick([0x6E, 0x2F, 0x2E, 0xCC, 0xFF]), count: count)
    }

    private static let plainNames = [
        "a", "b", "index.html", "photo.svg", "x.json", "0", "1", "Links", "Data", "Hash",
        "_redirects",
    ]

    private static let strangeNames = [
        "", ".", "..", "/", "//", "a/b", "../x", "/etc/passwd", "a\0b", "\0", "\n", "\r\n", "\t",
        " ",
        "\u{1b}[31m", "\u{7f}", "\u{85}", "\u{2028}", "<script>", "\"", "'", "\\", "%2F", "%",
        "%00",
        "?", "#", ":", ";", "&", "=", "*", "a.", "a ", "CON", ".hidden", "~", "-rf", "e\u{301}",
        "é",
        "\u{301}", "\u{301}x", ".\u{301}x", "/\u{301}", "a\u{301}/b", "\u{202e}gpj", "\u{2066}a",
        "\u{200d}", "\u{feff}", "👨‍👩‍👧", "ﷺ", "ß", "ẞ", "İ", "\u{1f1e9}\u{1f1ea}", "\r\n\r\n",
        "name*=UTF-8''x", "a\"; filename=\"b", "PaxHeader",
    ]

    private static let rawNames: [[UInt8]] = [
        [0xFF], [0xFE, 0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
        [0xE2, 0x82],
        [0x80], [0x61, 0xFF, 0x62], [0xCC], [0x2E, 0x2E, 0x00], [0x2E, 0xCC, 0x81],
        [0x1B, 0x5D, 0x30],
    ]
}
