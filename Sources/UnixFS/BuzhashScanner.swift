import Buffers

/// Finds the ends of chunks by a cyclic polynomial over a window of 32 bytes.
///
/// The window is as long as the hash has bits, so the byte that leaves needs no rotation.
///
/// - Spec: boxo, `chunker/buzhash.go`.
struct BuzhashScanner: Sendable {
    static let windowByteCount = 32
    static let minimum = 131_072
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
            state = BuzhashTable.shared.add(bytes[index], to: state)
            window.append(bytes[index])
        }
        length += end - start
        return end
    }

    /// Slides bytes while those that leave the window come from before `range`.
    private mutating func slideFirst(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        for (leaving, index) in zip(window, range) {
            state = BuzhashTable.shared.slide(state, in: bytes[index], out: leaving)
            if state & Self.mask == 0 { return index + 1 }
        }
        return nil
    }

    /// Slides bytes region by region; only a region with a cut in it is gone over one by one.
    private mutating func slideRest(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            let end = min(index + BuzhashLanes.regionByteCount, range.upperBound)
            let region = bytes.extracting(index - Self.windowByteCount..<end)
            if end - index == BuzhashLanes.regionByteCount,
                let state = BuzhashLanes.slide(region, state, Self.mask)
            {
                self.state = state
            } else if let cut = slideEach(region) {
                return index + cut
            }
            index = end
        }
        return nil
    }

    /// Slides the bytes behind a window.
    private mutating func slideEach(_ bytes: Span<UInt8>) -> Int? {
        for index in Self.windowByteCount..<bytes.count {
            state = BuzhashTable.shared.slide(
                state, in: bytes[index], out: bytes[index - Self.windowByteCount])
            if state & Self.mask == 0 { return index - Self.windowByteCount + 1 }
        }
        return nil
    }

    private mutating func keepWindow(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let recent = range.suffix(Self.windowByteCount)
        window.removeFirst(recent.count)
        for index in recent { window.append(bytes[index]) }
    }
}
