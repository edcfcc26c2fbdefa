/// When freed memory is given back to the system, and when a process counts as large.
///
/// Pure: `MemoryTrim` looks at the process for it.
struct TrimSchedule {
    /// What is seen of the process at one time.
    struct Look {
        /// Time since the last trim.
        var elapsed: Duration
        /// Processor time since the last trim.
        var worked: Duration
        /// Bytes of memory that are the process's own.
        var ownByteCount: UInt64
        /// Bytes that are allocated and not freed.
        var usedByteCount: UInt64

        /// What the process has and does not use: what was freed and is kept, and what is not the allocator's.
        var unusedByteCount: UInt64 { ownByteCount - min(ownByteCount, usedByteCount) }
    }

    /// How often a trim is worth it.
    let interval: Duration
    /// Processor time after which one is worth it.
    let work: Duration
    /// Own memory above which a process is large, until it has a quarter less.
    let largeByteCount: UInt64
    /// Freed memory that may be kept until the next trim is due.
    let keptByteCountMax: UInt64

    private(set) var isLarge = false
    /// The least unused memory since the last trim: what a trim does not give back.
    private var unusedAfterTrim = UInt64.max

    init(
        every interval: Duration, after work: Duration, largeAbove largeByteCount: UInt64,
        keepingAtMost keptByteCountMax: UInt64
    ) {
        self.interval = interval
        self.work = work
        self.largeByteCount = largeByteCount
        self.keptByteCountMax = keptByteCountMax
    }

    /// How often the process is to be looked at.
    var lookInterval: Duration { interval / 32 }

    /// Whether the process has become large, or no longer is.
    mutating func changesSize(_ look: Look) -> Bool {
        let limit = isLarge ? largeByteCount / 4 * 3 : largeByteCount
        guard (look.ownByteCount > limit) != isLarge else { return false }
        isLarge.toggle()
        return true
    }

    /// Whether a trim is due: after its time, which is short in a large process; or where much was freed
    /// since the last one, which the next peak would come on top of.
    mutating func isDue(_ look: Look) -> Bool {
        unusedAfterTrim = min(unusedAfterTrim, look.unusedByteCount)
        guard look.worked >= work else { return false }
        return look.elapsed >= (isLarge ? interval / 8 : interval)
            || look.unusedByteCount - unusedAfterTrim > keptByteCountMax
    }

    /// Notes how the process looks after a trim.
    mutating func noteTrim(_ look: Look) { unusedAfterTrim = look.unusedByteCount }
}
