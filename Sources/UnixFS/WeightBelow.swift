/// Goes up a way, from its end, and says which of the blocks on it stay in memory.
///
/// One gives way where what is in memory below it is as much: to read it again costs no more than to
/// read that has. Those that are light together stay whatever is below them.
package struct WeightBelow {
    /// Bytes of what stays below the next one.
    private var byteCount: Int

    /// Begins above the innermost block.
    ///
    /// - Parameter byteCount: of that.
    package init(byteCount: Int) { self.byteCount = byteCount }

    /// Whether the next one stays; it counts for those above it then.
    ///
    /// - Parameter count: its bytes.
    package mutating func keeps(_ count: Int) -> Bool {
        guard count + byteCount <= Limits.outerBytesMax || count > byteCount else { return false }
        byteCount += count
        return true
    }
}
