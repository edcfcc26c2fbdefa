import Buffers

/// Finds keys that a text of JSON has twice.
enum JSONKeys {
    /// The first key that was there before.
    ///
    /// Sorts by a hash that is another one in each process: where half a million keys have their beginnings in
    /// common, to sort them as texts takes seconds, and nobody can ask meanwhile whether that is still wanted.
    ///
    /// - Parameters:
    ///   - places: where the keys begin, behind their quotes.
    ///   - text: what they stand in.
    /// - Returns: where it begins; nil where each is there once.
    /// - Complexity: goes over each key once, and takes 8 bytes for each.
    static func firstRepetition(among places: ArraySlice<UInt32>, of text: Bytes) -> UInt32? {
        var marked: [UInt64] = []
        marked.reserveCapacity(places.count)
        for place in places { marked.append(hash(of: place, in: text) << 32 | UInt64(place)) }
        marked.sort()
        var found: UInt32?
        var runStart = 0
        for index in marked.indices {
            if marked[index] >> 32 != marked[runStart] >> 32 { runStart = index }
            let place = UInt32(truncatingIfNeeded: marked[index])
            guard found.map({ place < $0 }) ?? true else { continue }
            let isThereBefore = marked[runStart..<index].contains { other in
                let other = Int(UInt32(truncatingIfNeeded: other))
                return JSONTextBytes.compare(other, Int(place), in: text) == 0
            }
            if isThereBefore { found = place }
        }
        return found
    }

    /// 32 bits, of which strangers cannot know what makes two the same.
    private static func hash(of place: UInt32, in text: Bytes) -> UInt64 {
        var hasher = Hasher()
        var bytes = JSONTextBytes(text, at: Int(place))
        while let byte = bytes.next() { hasher.combine(byte) }
        return UInt64(truncatingIfNeeded: hasher.finalize()) & UInt64(UInt32.max)
    }
}
