import Multiformats

/// The roots that were pinned last, so that who is about to delete blocks need not look at all pins
/// again because of one.
struct RecentPins {
    /// How many were noted.
    private(set) var count: UInt64 = 0
    /// Behind pins whose writers wait no longer: they are noted, and can be seen once this is on disk.
    private(set) var unseen = LogTicket.none
    /// The last ones, each where its number says.
    private var roots = [CID?](repeating: nil, count: Limits.recentPinsMax)

    /// Notes roots whose pins can be seen by now, or at the latest when a ticket is on disk.
    mutating func add(_ cids: [CID], seenBehind ticket: LogTicket? = nil) {
        unseen = ticket ?? unseen
        // Of more than there is room for, the last ones.
        let skipped = max(0, cids.count - Limits.recentPinsMax)
        count += UInt64(skipped)
        for cid in cids.dropFirst(skipped) {
            roots[place(count)] = cid.compacted()
            count += 1
        }
    }

    /// The roots that were noted behind the first so many, nil where there are too many of them.
    func roots(behind count: UInt64) -> [CID]? {
        guard self.count - count <= UInt64(Limits.recentPinsMax) else { return nil }
        return (count..<self.count).compactMap { roots[place($0)] }
    }

    private func place(_ number: UInt64) -> Int { Int(number % UInt64(roots.count)) }
}

/// Where the pins of a store stand: another one behind each that was made or confirmed, or is about to be.
package struct PinMark: Sendable, Hashable {
    let count: UInt64
    /// A write that has failed may have left pins on disk.
    let epoch: Int
}
