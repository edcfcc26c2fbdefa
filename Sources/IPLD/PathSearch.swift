import Buffers
import Multiformats

/// Follows one path through the events of a walk.
///
/// The way down is a row of open lists and maps, each inside the value that the segment before it
/// named; everything beside that row is passed over by its depth.
struct PathSearch {
    private enum Stage {
        /// The next value is the one that the used segments name.
        case target
        /// Inside the list or map of that value, looking for the next segment.
        case looking(nextIndex: Int?)
        /// The path ended at a list or map, whose end is waited for.
        case inside(start: Int, depth: Int)
        case found(IPLDPath.Step)
    }

    private let segments: [Bytes]
    private var used = 0
    private var stage = Stage.target
    /// How many lists and maps are open, and how many of them lead to where the search is.
    private var depth = 0
    private var depthOfWay = 0

    init(_ segments: [Bytes]) { self.segments = segments }

    /// Goes through the whole value, also behind what was found, since a block counts only whole.
    ///
    /// - Parameter walk: at its start.
    /// - Throws: what the walk throws.
    mutating func run(_ walk: IPLDWalk) throws(IPLDError) -> IPLDPath.Step {
        var walk = walk
        while let event = try walk.next() {
            take(event, walk.eventStart..<walk.position)
            if case .found(let step) = stage {
                try walk.finish()
                return step
            }
        }
        return .missing(index: used)
    }

    private mutating func take(_ event: IPLDEvent, _ range: Range<Int>) {
        switch event {
        case .key(let key): takeKey(key)
        case .end: takeEnd(range.upperBound)
        default:
            if depth == depthOfWay, case .looking(let next?) = stage { takeIndex(next) }
            if case .target = stage { reach(event, range) }
            if event.opens { depth += 1 }
        }
    }

    private mutating func takeKey(_ key: IPLDText) {
        guard depth == depthOfWay, case .looking(nil) = stage, key.isSame(as: segments[used])
        else { return }
        used += 1
        stage = .target
    }

    /// A value of the list comes: perhaps the one that the segment names.
    private mutating func takeIndex(_ index: Int) {
        if index == Self.index(segments[used]) {
            used += 1
            stage = .target
        } else {
            stage = .looking(nextIndex: index + 1)
        }
    }

    /// The value that the used segments name is here.
    private mutating func reach(_ event: IPLDEvent, _ range: Range<Int>) {
        switch event {
        case .link(let cid): stage = .found(.link(cid, used: used))
        case .list, .map:
            if used == segments.count {
                stage = .inside(start: range.lowerBound, depth: depth)
            } else if case .list = event {
                stage = .looking(nextIndex: 0)
            } else {
                stage = .looking(nextIndex: nil)
            }
            depthOfWay = depth + 1
        default:
            stage = .found(used == segments.count ? .value(range) : .missing(index: used))
        }
    }

    private mutating func takeEnd(_ end: Int) {
        depth -= 1
        switch stage {
        case .inside(let start, let outer) where depth == outer:
            stage = .found(.value(start..<end))
        case .looking where depth < depthOfWay: stage = .found(.missing(index: used))
        default: return
        }
    }

    /// A list index: decimal digits without a sign or leading zeros.
    private static func index(_ segment: Bytes) -> Int? {
        guard !segment.isEmpty, segment.count == 1 || segment[0] != UInt8(ascii: "0") else {
            return nil
        }
        var number = 0
        for place in 0..<segment.count {
            guard (0x30...0x39).contains(segment[place]) else { return nil }
            let (tens, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflowOfSum) = tens.addingReportingOverflow(Int(segment[place] & 0x0f))
            guard !overflow, !overflowOfSum else { return nil }
            number = sum
        }
        return number
    }
}

extension IPLDEvent {
    /// Whether a list or map begins.
    var opens: Bool {
        switch self {
        case .list, .map: true
        default: false
        }
    }
}
