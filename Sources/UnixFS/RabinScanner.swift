import Buffers

/// Finds the ends of chunks by a Rabin fingerprint over a window of 16 bytes.
///
/// The digest is linear over GF(2), so what the byte leaving the window contributes to the next
/// digest is taken from a table of its own (`RabinTables.leaving`) beside the chain of dependent
/// steps from digest to digest: shift, look up, xor. `RabinLanes` runs four such chains at once.
///
/// - Spec: boxo, `chunker/rabin.go`.
struct RabinScanner: Sendable {
    static let windowByteCount = 16

    private let skipped: Int
    private let minimum: Int
    private let maximum: Int
    private let mask: UInt64

    /// Bytes of the chunk in progress that have been gone over.
    private var length = 0
    private var digest = RabinTables.initialDigest
    /// The window, oldest first. A fresh one has slid in the byte 1 over zeros.
    private var window = Self.initialWindow

    private static let initialWindow = [UInt8](repeating: 0, count: 15) + [1]

    init(minimum: Int, average: Int, maximum: Int) {
        precondition(minimum >= Self.windowByteCount && minimum < average && average < maximum)
        skipped = minimum - Self.windowByteCount
        self.minimum = minimum
        self.maximum = maximum
        mask = (1 << UInt64(Int.bitWidth - 1 - average.leadingZeroBitCount)) - 1
    }

    /// Goes over the next bytes of the input.
    ///
    /// - Returns: how many of them belong to the chunk that ends in them; nil if none ends.
    mutating func scan(_ bytes: Bytes) -> Int? {
        let skip = min(max(skipped - length, 0), bytes.count)
        length += skip
        guard let end = bytes.withByteSpan({ slide($0, from: skip) }) else { return nil }
        length = 0
        digest = RabinTables.initialDigest
        window = Self.initialWindow
        return end
    }

    private mutating func slide(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        let end = min(bytes.count, start + maximum - length)
        let slowEnd = min(end, start + max(Self.windowByteCount, minimum - length))
        if let cut = slideFirst(bytes, start..<slowEnd) { return cut }
        if let cut = slideRest(bytes, slowEnd..<end) { return cut }
        length += end - start
        if length >= maximum { return end }
        keepWindow(bytes, start..<end)
        return nil
    }

    /// Slides bytes while those that leave the window may come from an earlier buffer, or while
    /// the chunk is still too short to be cut.
    private mutating func slideFirst(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for index in range {
            let distance = index - range.lowerBound
            let left =
                distance < Self.windowByteCount
                ? window[distance] : bytes[index - Self.windowByteCount]
            digest = RabinTables.shared.slide(digest, in: bytes[index], out: left)
            if digest & mask == 0, length + distance + 1 >= minimum { return index + 1 }
        }
        return nil
    }

    /// Slides bytes region by region; only a region with a cut in it is gone over one by one.
    private mutating func slideRest(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            let end = min(index + RabinLanes.regionByteCount, range.upperBound)
            if end - index == RabinLanes.regionByteCount, mask >= RabinLanes.maskMin,
                let digest = RabinLanes.slide(
                    bytes.extracting(index - Self.windowByteCount..<end), digest, mask)
            {
                self.digest = digest
            } else if let cut = slideEach(
                bytes.extracting(index - Self.windowByteCount..<end))
            {
                return index + cut
            }
            index = end
        }
        return nil
    }

    /// Slides the bytes behind a window.
    private mutating func slideEach(_ bytes: Span<UInt8>) -> Int? {
        for index in Self.windowByteCount..<bytes.count {
            digest = RabinTables.shared.slide(
                digest, in: bytes[index], out: bytes[index - Self.windowByteCount])
            if digest & mask == 0 { return index - Self.windowByteCount + 1 }
        }
        return nil
    }

    private mutating func keepWindow(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let recent = range.suffix(Self.windowByteCount)
        window.removeFirst(recent.count)
        for index in recent { window.append(bytes[index]) }
    }
}
