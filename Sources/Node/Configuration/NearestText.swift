/// Finds what was meant by a word with a typing error.
package enum NearestText {
    /// The candidate that is nearest to a word, if one is near enough.
    ///
    /// - Parameters:
    ///   - word: what was typed.
    ///   - candidates: what could have been meant; the first of equally near ones wins.
    /// - Returns: nil if more than a third of the word would have to change.
    package static func nearest(to word: String, in candidates: [String]) -> String? {
        let typed = Array(word.lowercased())
        let distanceMax = max(1, (typed.count + 1) / 3)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let letters = Array(candidate.lowercased())
            // The distance is at least this, and a word of 16 KiB would take half a second.
            guard abs(letters.count - typed.count) <= distanceMax else { continue }
            let distance = editDistance(typed, letters)
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        guard let best else { return nil }
        return best.distance <= distanceMax ? best.candidate : nil
    }

    /// How many insertions, deletions, replacements and swaps of neighbours turn one text into the
    /// other (optimal string alignment).
    static func editDistance(_ left: [Character], _ right: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1],
                    left[row - 1] == right[column]
                {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last[right.count]
    }
}
