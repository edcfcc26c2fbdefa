/// Who changes which rows of tables: a line at each row, in the order of coming. Whose turn it is at all of
/// its rows may begin.
///
/// Who stands in line counts with all of its rows, waiting or not. Who finds no room for that waits
/// outside, behind those who do already. So who has come is never passed by who wants the same.
struct ClaimLines {
    /// One change of rows.
    struct Claim {
        fileprivate let ticket: UInt64
        fileprivate let keys: Set<Key>
        fileprivate let byteCount: Int
    }

    private struct Line {
        /// Who changes the row, or does so as soon as it is its turn elsewhere, too.
        var first: UInt64
        var others: [UInt64] = []

        /// What one who stands in a line takes there.
        static func byteCount(_ key: Key) -> Int {
            MemoryCost.entry(Key.self, Line.self) + MemoryCost.element(UInt64.self)
                + MemoryCost.region + key.bytes.count
        }
    }

    /// What those in line take.
    private(set) var byteCount = 0
    private var lines: [Key: Line] = [:]
    /// Of each that stands in line, in how many lines others are before it.
    private var behindCounts: [UInt64: Int] = [:]
    private var outside: [Claim] = []
    private var lastTicket: UInt64 = 0

    /// Those who may not begin yet.
    var waiterCount: Int { outside.count + behindCounts.values.filter { $0 > 0 }.count }

    /// Somebody wants to change these rows, and leaves when that is done or given up.
    mutating func arrive(_ keys: Set<Key>) -> Claim {
        lastTicket += 1
        let byteCount = keys.reduce(0) { $0 + Line.byteCount($1) }
        let claim = Claim(ticket: lastTicket, keys: keys, byteCount: byteCount)
        outside.append(claim)
        letIn()
        return claim
    }

    /// Whether it is somebody's turn.
    func isTurn(of claim: Claim) -> Bool { behindCounts[claim.ticket] == 0 }

    /// Somebody has changed its rows, or no longer waits: it may be others' turn.
    mutating func leave(_ claim: Claim) {
        if behindCounts.removeValue(forKey: claim.ticket) == nil {
            outside.removeAll { $0.ticket == claim.ticket }
        } else {
            for key in claim.keys { leaveLine(at: key, claim.ticket) }
            byteCount -= claim.byteCount
        }
        letIn()
    }

    /// A list that is longer than the room goes alone: its caller has it in memory anyway.
    private mutating func letIn() {
        while let claim = outside.first,
            byteCount + claim.byteCount <= Limits.claimBytesMax || behindCounts.isEmpty
        {
            outside.removeFirst()
            byteCount += claim.byteCount
            behindCounts[claim.ticket] = claim.keys.count { !joinLine(at: $0, claim.ticket) }
        }
    }

    /// - Returns: whether nobody is before it.
    private mutating func joinLine(at key: Key, _ ticket: UInt64) -> Bool {
        lines[key]?.others.append(ticket)
        guard lines[key] == nil else { return false }
        lines[key] = Line(first: ticket)
        return true
    }

    private mutating func leaveLine(at key: Key, _ ticket: UInt64) {
        guard let index = lines.index(forKey: key) else { return }
        if lines.values[index].first != ticket {
            lines.values[index].others.removeAll { $0 == ticket }
        } else if lines.values[index].others.isEmpty {
            lines.remove(at: index)
        } else {
            let next = lines.values[index].others.removeFirst()
            lines.values[index].first = next
            behindCounts[next]? -= 1
        }
    }
}
