import Buffers

/// When a file was changed last, in seconds since 1970 and nanoseconds. Always a time that the
/// calendar has: between the years 1 and 9999, so that no form of it can fail later.
package struct ModificationTime: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z, negative before it; within `CivilDate.seconds`.
    package let seconds: Int64

    /// 0 to 999,999,999.
    package let nanoseconds: UInt32

    /// What the nanoseconds stay below.
    static let nanosecondsEnd: UInt32 = 1_000_000_000

    /// Makes a time; nil for nanoseconds of a second or more, and for seconds without a date.
    ///
    /// - Parameters:
    ///   - seconds: since 1970.
    ///   - nanoseconds: to be added to the seconds.
    package init?(seconds: Int64, nanoseconds: UInt32 = 0) {
        guard CivilDate.seconds.contains(seconds), nanoseconds < Self.nanosecondsEnd else {
            return nil
        }
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}

extension UnixFSError {
    /// Why a time that somebody asked for is refused.
    package static let timeWithoutDate = UnixFSError(
        .invalidOption,
        "a modification time must lie between the years 1 and 9999 (seconds -62135596800 to "
            + "253402300799) and have 0 to 999999999 nanoseconds")
}
