import Multiformats

/// The roots that were pinned last, so that who is about to delete blocks need not look at all pins
/// again because of one; or those that were unpinned last.
struct RecentPins {
    /// Where the pins stand.
    private(set) var mark = PinMark(count: 0)
    /// The last ones, each where its number says.
    private var roots = [CID?](repeating: nil, count: Limits.recentPinsMax)

    /// Notes roots whose pins can be seen by now.
    mutating func add(_ cids: [CID]) {
        // Of more than there is room for, the last ones.
        let skipped = max(0, cids.count - Limits.recentPinsMax)
        mark.count += UInt64(skipped)
        for cid in cids.dropFirst(skipped) {
            roots[place(mark.count)] = cid.compacted()
            mark.count += 1
        }
    }

    /// The roots that were noted since a mark, nil where there are too many of them.
    func roots(since mark: PinMark) -> [CID]? {
        guard self.mark.count - mark.count <= UInt64(Limits.recentPinsMax) else { return nil }
        return (mark.count..<self.mark.count).compactMap { roots[place($0)] }
    }

    private func place(_ number: UInt64) -> Int { Int(number % UInt64(roots.count)) }
}

/// Where the pins of a store stand: another one behind each that was made or confirmed.
package struct PinMark: Sendable, Hashable {
    fileprivate(set) var count: UInt64
}
