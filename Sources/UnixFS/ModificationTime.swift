/// When a file was changed last, in seconds since 1970 and nanoseconds.
package struct ModificationTime: Hashable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z, negative before it.
    package let seconds: Int64

    /// 0 to 999,999,999; larger only in data that others have written wrongly.
    package let nanoseconds: UInt32

    /// Makes a time.
    ///
    /// - Parameters:
    ///   - seconds: since 1970.
    ///   - nanoseconds: to be added to the seconds.
    package init(seconds: Int64, nanoseconds: UInt32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }
}
