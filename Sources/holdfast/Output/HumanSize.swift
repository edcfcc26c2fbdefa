/// Writes sizes as people read them.
enum HumanSize {
    /// Powers of 1000 with at most one decimal, as go-humanize writes them: `82 B`, `1.1 kB`, `11 MB`.
    static func decimal(_ byteCount: UInt64) -> String {
        text(byteCount, base: 1_000, units: ["B", "kB", "MB", "GB", "TB", "PB", "EB"])
    }

    /// Powers of 1024: `82 B`, `1.1 KiB`, `11 MiB`.
    static func binary(_ byteCount: UInt64) -> String {
        text(byteCount, base: 1_024, units: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"])
    }

    private static func text(_ byteCount: UInt64, base: Double, units: [String]) -> String {
        guard byteCount >= 10 else { return "\(byteCount) B" }
        var value = Double(byteCount)
        var exponent = 0
        while value >= base, exponent < units.count - 1 {
            value /= base
            exponent += 1
        }
        // Rounds half up in tenths, then leaves the tenth out where it says little.
        let tenths = Int((value * 10 + 0.5).rounded(.down))
        guard exponent > 0, tenths < 100 else {
            return "\(Int(((Double(tenths) / 10)).rounded())) \(units[exponent])"
        }
        return "\(tenths / 10).\(tenths % 10) \(units[exponent])"
    }
}
