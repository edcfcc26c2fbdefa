package import Buffers

/// Random numbers that repeat with their seed: PCG XSL RR 128/64.
///
/// For tests only; not for keys or nonces.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt128
    private static let multiplier: UInt128 =
        (UInt128(2_549_297_995_355_413_924) << 64) | UInt128(4_865_540_595_714_422_341)
    private static let increment: UInt128 =
        (UInt128(6_364_136_223_846_793_005) << 64) | UInt128(1_442_695_040_888_963_407)

    /// Starts the sequence of a seed; print the seed when a test fails.
    package init(seed: UInt64) {
        state = (UInt128(seed) &+ Self.increment) &* Self.multiplier &+ Self.increment
    }

    package mutating func next() -> UInt64 {
        state = state &* Self.multiplier &+ Self.increment
        let mixed = UInt64(truncatingIfNeeded: state >> 64) ^ UInt64(truncatingIfNeeded: state)
        let turn = UInt64(truncatingIfNeeded: state >> 122)
        return mixed &>> turn | mixed &<< ((64 &- turn) & 63)
    }

    /// So many random bytes.
    package mutating func bytes(_ count: Int) -> Bytes {
        var writer = ByteWriter(capacity: count)
        var left = count
        while left >= 8 {
            writer.appendLittleEndian(next())
            left -= 8
        }
        let last = next()
        for index in 0..<left { writer.append(UInt8(truncatingIfNeeded: last >> (index * 8))) }
        return writer.finish()
    }

    /// A number below a bound, which must be positive.
    package mutating func below(_ bound: Int) -> Int {
        Int.random(in: 0..<bound, using: &self)
    }
}
