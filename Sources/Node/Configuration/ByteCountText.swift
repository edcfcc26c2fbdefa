/// Sizes as they stand in the configuration: `65536`, `64KiB`, `1.5GiB`, `10GB`.
enum ByteCountText {
    private static let units: [(name: String, factor: UInt64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000),
        ("KB", 1_000), ("B", 1),
    ]

    /// The size that a text means, or nil.
    static func read(_ text: String) -> UInt64? {
        if let count = UInt64(text) { return count }
        guard let unit = units.first(where: { text.hasSuffix($0.name) }) else { return nil }
        var digits = text.dropLast(unit.name.count)
        while digits.last == " " { digits.removeLast() }
        if let count = UInt64(digits) {
            let (product, overflow) = count.multipliedReportingOverflow(by: unit.factor)
            return overflow ? nil : product
        }
        guard digits.allSatisfy({ $0.isNumber || $0 == "." }), let number = Double(digits),
            number * Double(unit.factor) < 9e18
        else { return nil }
        return UInt64(number * Double(unit.factor))
    }

    /// The shortest exact text of a size.
    static func text(_ count: UInt64) -> String {
        for unit in units[..<4] where count >= unit.factor && count % unit.factor == 0 {
            return "\(count / unit.factor)\(unit.name)"
        }
        return "\(count)"
    }
}
