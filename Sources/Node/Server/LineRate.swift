import Execution

/// Lets so many lines of a kind into the log in a period, and counts the others.
struct LineRate {
    private var periodStart: Instant?
    private var count = 0
    private var leftOut = 0

    /// Decides about one more line.
    ///
    /// - Returns: how many were left out since the last one that was let through; nil where this one
    ///   is to be left out, too.
    mutating func next(at now: Instant) -> Int? {
        if let start = periodStart, now.elapsed(since: start) < Limits.failureLinePeriod {
            count += 1
        } else {
            (periodStart, count) = (now, 1)
        }
        guard count <= Limits.failureLinesMax else {
            leftOut += 1
            return nil
        }
        defer { leftOut = 0 }
        return leftOut
    }
}
