import Execution

/// When a follower may read on, so that it reads so many bytes a second and no more.
struct FollowerPace {
    private let bytesPerSecond: UInt64?
    /// From when on it may read.
    private(set) var due = Instant(nanoseconds: 0)

    /// - Parameter bytesPerSecond: nil for no limit.
    init(bytesPerSecond: Int?) {
        self.bytesPerSecond = bytesPerSecond.map { UInt64(max(1, $0)) }
    }

    /// Something was read. What was not used before is not made up for.
    ///
    /// - Parameter begin: when the reading began.
    mutating func spend(_ byteCount: Int, from begin: Instant) {
        guard let bytesPerSecond else { return }
        let (seconds, rest) = UInt64(byteCount).quotientAndRemainder(dividingBy: bytesPerSecond)
        let part = bytesPerSecond.dividingFullWidth(
            rest.multipliedFullWidth(by: 1_000_000_000))
        due = max(due, begin)
            .advanced(by: .seconds(Int64(seconds)) + .nanoseconds(Int64(part.quotient)))
    }
}
