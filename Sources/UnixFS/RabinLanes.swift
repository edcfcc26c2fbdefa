/// Slides four parts of one region at the same time.
///
/// A digest depends on the 16 bytes of its window only, so the parts can start on their own; the
/// processor then works on four chains of dependent look-ups instead of waiting for one.
enum RabinLanes {
    private static let laneByteCount = 1024
    private static let windowByteCount = RabinScanner.windowByteCount

    /// How many bytes are gone over at once.
    static let regionByteCount = 4 * laneByteCount

    /// Below this mask cuts are so frequent that most regions would be gone over twice.
    static let maskMin: UInt64 = (1 << 15) - 1

    /// Goes over one region.
    ///
    /// - Parameters:
    ///   - bytes: a window and the region behind it.
    ///   - digest: of that window.
    ///   - mask: where a digest has no bit of it, there is a cut.
    /// - Returns: the digest of the last window; nil if there is a cut anywhere.
    static func slide(_ bytes: Span<UInt8>, _ digest: UInt64, _ mask: UInt64) -> UInt64? {
        let span = windowByteCount + laneByteCount
        let lane0 = bytes.extracting(0..<span)
        let lane1 = bytes.extracting(laneByteCount..<laneByteCount + span)
        let lane2 = bytes.extracting(2 * laneByteCount..<2 * laneByteCount + span)
        let lane3 = bytes.extracting(3 * laneByteCount..<3 * laneByteCount + span)
        var digest0 = digest
        var digest1 = start(lane1)
        var digest2 = start(lane2)
        var digest3 = start(lane3)
        for index in 0..<laneByteCount {
            digest0 = step(digest0, lane0, index)
            digest1 = step(digest1, lane1, index)
            digest2 = step(digest2, lane2, index)
            digest3 = step(digest3, lane3, index)
            if digest0 & mask == 0 || digest1 & mask == 0 { return nil }
            if digest2 & mask == 0 || digest3 & mask == 0 { return nil }
        }
        return digest3
    }

    /// The digest of the window that a lane begins with: as if only zeros had been before it.
    @inline(__always)
    private static func start(_ lane: Span<UInt8>) -> UInt64 {
        var digest: UInt64 = 0
        for index in 0..<windowByteCount {
            digest = RabinTables.shared.slide(digest, in: lane[index], out: 0)
        }
        return digest
    }

    @inline(__always)
    private static func step(_ digest: UInt64, _ lane: Span<UInt8>, _ index: Int) -> UInt64 {
        RabinTables.shared.slide(
            digest, in: lane[index &+ windowByteCount], out: lane[index])
    }
}
