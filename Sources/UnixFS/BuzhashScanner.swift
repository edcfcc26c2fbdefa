import Buffers

/// Finds the ends of chunks by a cyclic polynomial over a window of 32 bytes.
///
/// The window is as long as the hash has bits, so the byte that leaves needs no rotation.
///
/// - Spec: cid-parity 4.3.
struct BuzhashScanner: Sendable {
    private static let windowByteCount = 32
    private static let minimum = 131_072
    private static let maximum = 524_288
    private static let mask: UInt32 = (1 << 17) - 1

    /// Bytes of the chunk in progress that have been gone over.
    private var length = 0
    private var state: UInt32 = 0
    /// The last bytes before the current buffer, oldest first; at most the window.
    private var window: [UInt8] = []

    /// Goes over the next bytes of the input.
    ///
    /// - Returns: how many of them belong to the chunk that ends in them; nil if none ends.
    mutating func scan(_ bytes: Bytes) -> Int? {
        let skip = min(max(Self.minimum - Self.windowByteCount - length, 0), bytes.count)
        length += skip
        guard let end = bytes.withByteSpan({ slide($0, from: skip) }) else { return nil }
        self = BuzhashScanner()
        return end
    }

    private mutating func slide(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        let filled = fillWindow(bytes, from: start)
        guard length >= Self.minimum else { return nil }
        if state & Self.mask == 0 { return filled }
        let end = min(bytes.count, filled + Self.maximum - length)
        let slowEnd = min(end, filled + Self.windowByteCount)
        if let cut = slideFirst(bytes, filled..<slowEnd) { return cut }
        if let cut = slideRest(bytes, slowEnd..<end) { return cut }
        length += end - filled
        if length >= Self.maximum { return end }
        keepWindow(bytes, filled..<end)
        return nil
    }

    /// Hashes the first bytes, until there is a whole window of them.
    private mutating func fillWindow(_ bytes: Span<UInt8>, from start: Int) -> Int {
        let end = min(bytes.count, start + max(Self.minimum - length, 0))
        for index in start..<end {
            state = rotated(state) ^ Self.table[Int(bytes[index])]
            window.append(bytes[index])
        }
        length += end - start
        return end
    }

    /// Slides bytes while those that leave the window come from before `range`.
    private mutating func slideFirst(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for (leaving, index) in zip(window, range) {
            state = rotated(state) ^ Self.table[Int(leaving)] ^ Self.table[Int(bytes[index])]
            if state & Self.mask == 0 { return index + 1 }
        }
        return nil
    }

    private mutating func slideRest(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let table = Self.table
        var state = self.state
        defer { self.state = state }
        for index in range {
            state =
                rotated(state)
                ^ (table[Int(bytes[index - Self.windowByteCount])] ^ table[Int(bytes[index])])
            if state & Self.mask == 0 { return index + 1 }
        }
        return nil
    }

    private mutating func keepWindow(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let recent = range.suffix(Self.windowByteCount)
        window.removeFirst(recent.count)
        for index in recent { window.append(bytes[index]) }
    }

    @inline(__always)
    private func rotated(_ value: UInt32) -> UInt32 { (value &<< 1) | (value &>> 31) }
}
