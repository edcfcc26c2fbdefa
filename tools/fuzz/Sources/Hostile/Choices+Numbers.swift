/// Numbers at the edges of what types, formats and calendars can hold.
extension Choices {
    /// A size or count that is meant to be believed.
    mutating func hostileSize() -> UInt64 {
        let edges: [UInt64] = [
            0, 1, 5, 255, 262_144, 1 << 20, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32,
            1 << 53, (1 << 62) - 1, 1 << 62, (1 << 62) + 1, (1 << 63) - 1, 1 << 63,
            (1 << 63) + 1, .max - 1, .max,
        ]
        switch below(8) {
        case 0, 1: return pick([1 << 62, (1 << 63) - 1, 1 << 63, .max - 5, .max])
        case 2: return word()
        case 3: return UInt64(below(300))
        default: return pick(edges)
        }
    }

    /// Seconds since 1970, from content or from a client.
    mutating func hostileSeconds() -> Int64 {
        let edges: [Int64] = [
            0, 1, -1, 1_700_000_000, (1 << 31) - 1, 1 << 31, 1 << 32, (1 << 33) - 1, 1 << 33,
            -62_135_596_800, -62_135_596_801, -62_167_219_200, -62_167_219_201, 253_402_300_799,
            253_402_300_800, 1 << 53, .max / 1_000_000_000, .min / 1_000_000_000,
            .max - 62_135_596_800, .min + 62_135_596_800, .max - 1, .max, .min + 1, .min,
        ]
        return oneIn(8) ? Int64(bitPattern: word()) : pick(edges)
    }

    /// Nanoseconds, from content or from a client.
    mutating func hostileNanoseconds() -> UInt32 {
        let edges: [UInt32] = [
            0, 1, 999_999_999, 1_000_000_000, 1_000_000_001, 1 << 31, .max - 1, .max,
        ]
        return oneIn(8) ? UInt32(truncatingIfNeeded: word()) : pick(edges)
    }

    /// A number with a sign, as texts in queries and fields have it.
    mutating func hostileNumberText() -> String {
        switch below(8) {
        case 0: String(below(300))
        case 1: String(hostileSize())
        case 2: String(hostileSeconds())
        case 3: "-" + String(hostileSize())
        case 4: String(hostileSize()) + "0"
        case 5: pick(["", "-", "+1", "-0", "00", "0x10", "0b1", "0o7", "1e3", "1.5", " 1", "1 "])
        case 6: pick(["٣", "1\u{301}", "NaN", "inf", "*", "true", "-9223372036854775809"])
        default: String(UInt32(truncatingIfNeeded: word()))
        }
    }
}
