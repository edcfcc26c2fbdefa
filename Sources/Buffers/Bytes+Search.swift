extension Bytes {
    /// Finds the first place where another run of bytes stands.
    ///
    /// Compares the first and the last byte of the needle at 32 places at once and looks closer
    /// only where both fit, so payloads are passed over at several GiB/s.
    ///
    /// - Parameters:
    ///   - needle: at least one byte.
    ///   - start: where to begin.
    /// - Returns: the index of the needle's first byte, or nil.
    /// - Complexity: O(count) on ordinary data, O(count * needle.count) on data made against it.
    package func firstIndex(of needle: Bytes, from start: Int = 0) -> Int? {
        precondition(start >= 0 && !needle.isEmpty, "a search needs a place and something to find")
        guard start + needle.count <= count else { return nil }
        return unsafe withUnsafeBytes { hay in
            unsafe needle.withUnsafeBytes { unsafe Self.search(hay, for: $0, from: start) }
        }
    }

    private static func search(
        _ hay: UnsafeRawBufferPointer, for needle: UnsafeRawBufferPointer, from start: Int
    ) -> Int? {
        // Four words of eight bytes each: `any` of a SIMD mask is a call and three times slower.
        typealias Words = SIMD4<UInt64>
        let width = 32
        let tail = needle.count - 1
        let ones = Words(repeating: 0x0101_0101_0101_0101)
        let highs = Words(repeating: 0x8080_8080_8080_8080)
        let first = unsafe ones &* UInt64(needle[0])
        let last = unsafe ones &* UInt64(needle[tail])
        var index = start
        while index + tail + width <= hay.count {
            let heads = unsafe hay.loadUnaligned(fromByteOffset: index, as: Words.self)
            let tails = unsafe hay.loadUnaligned(fromByteOffset: index + tail, as: Words.self)
            // A byte is zero where both fit; subtracting one sets the highest bit of such a byte.
            let misses = (heads ^ first) | (tails ^ last)
            let marks = (misses &- ones) & ~misses & highs
            if marks[0] | marks[1] | marks[2] | marks[3] != 0,
                let found = unsafe match(hay, needle, in: index..<index + width)
            {
                return found
            }
            index += width
        }
        return unsafe match(hay, needle, in: index..<max(index, hay.count - tail))
    }

    private static func match(
        _ hay: UnsafeRawBufferPointer, _ needle: UnsafeRawBufferPointer, in range: Range<Int>
    ) -> Int? {
        range.first { index in
            var offset = 0
            while offset < needle.count {
                guard unsafe hay[index + offset] == needle[offset] else { return false }
                offset += 1
            }
            return true
        }
    }
}
