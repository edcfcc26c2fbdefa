/// Watches whether a peer keeps up a minimum rate.
///
/// Only time that the peer is to blame for is counted. Judged once per window, so that short pauses
/// are free.
struct RateMeter {
    private let rate: UInt64
    private let windowNanoseconds: UInt64
    private var byteCount: UInt64 = 0
    private var nanoseconds: UInt64 = 0

    /// Starts a window.
    ///
    /// - Parameters:
    ///   - rate: bytes a second; zero never judges.
    ///   - window: how much of the peer's time goes into one judgement.
    init(rate: Int, windowNanoseconds: UInt64) {
        self.rate = UInt64(max(0, rate))
        self.windowNanoseconds = windowNanoseconds
    }

    /// Counts a piece.
    ///
    /// - Parameters:
    ///   - bytes: how many moved.
    ///   - elapsed: nanoseconds that the peer took for them.
    /// - Returns: false when a full window was slower than the rate.
    mutating func isFastEnough(bytes: Int, in elapsed: UInt64) -> Bool {
        guard rate > 0 else { return true }
        byteCount += UInt64(bytes)
        nanoseconds += elapsed
        guard nanoseconds >= windowNanoseconds else { return true }
        defer { (byteCount, nanoseconds) = (0, 0) }
        return Double(byteCount) * 1e9 >= Double(rate) * Double(nanoseconds)
    }
}
