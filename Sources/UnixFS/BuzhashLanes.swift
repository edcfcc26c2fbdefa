/// Slides four parts of one region at the same time, as `RabinLanes` does.
enum BuzhashLanes {
    private static let laneByteCount = 1024
    private static let windowByteCount = BuzhashScanner.windowByteCount

    /// How many bytes are gone over at once.
    static let regionByteCount = 4 * laneByteCount

    /// Goes over one region.
    ///
    /// - Parameters:
    ///   - bytes: a window and the region behind it.
    ///   - state: of that window.
    ///   - mask: where a state has no bit of it, there is a cut.
    /// - Returns: the state of the last window; nil if there is a cut anywhere.
    static func slide(_ bytes: Span<UInt8>, _ state: UInt32, _ mask: UInt32) -> UInt32? {
        let span = windowByteCount + laneByteCount
        let lane0 = bytes.extracting(0..<span)
        let lane1 = bytes.extracting(laneByteCount..<laneByteCount + span)
        let lane2 = bytes.extracting(2 * laneByteCount..<2 * laneByteCount + span)
        let lane3 = bytes.extracting(3 * laneByteCount..<3 * laneByteCount + span)
        var state0 = state
        var state1 = start(lane1)
        var state2 = start(lane2)
        var state3 = start(lane3)
        for index in 0..<laneByteCount {
            state0 = step(state0, lane0, index)
            state1 = step(state1, lane1, index)
            state2 = step(state2, lane2, index)
            state3 = step(state3, lane3, index)
            if state0 & mask == 0 || state1 & mask == 0 { return nil }
            if state2 & mask == 0 || state3 & mask == 0 { return nil }
        }
        return state3
    }

    /// The state of the window that a lane begins with.
    @inline(__always)
    private static func start(_ lane: Span<UInt8>) -> UInt32 {
        var state: UInt32 = 0
        for index in 0..<windowByteCount {
            state = BuzhashTable.shared.add(lane[index], to: state)
        }
        return state
    }

    @inline(__always)
    private static func step(_ state: UInt32, _ lane: Span<UInt8>, _ index: Int) -> UInt32 {
        BuzhashTable.shared.slide(
            state, in: lane[index &+ windowByteCount], out: lane[index])
    }
}
