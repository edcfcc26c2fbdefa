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
        /// Bytes of memory that are the process's own; nil where that is not known, and then the process
        /// counts as what it was.
        var ownByteCount: UInt64?
    }

    /// What is to be done after a look.
    struct Action: Equatable {
        /// Whether the process has become large, or no longer is.
        var changesSize = false
        var trims = false
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
    /// How long the last trim took.
    private var trimDuration = Duration.zero

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

    /// A trim is due after its time, which is short in a large process; or where much was freed since the last
    /// one, which the next peak would come on top of. Never so often that it takes more than a tenth of a
    /// processor.
    ///
    /// - Parameters:
    ///   - look: how the process is.
    ///   - usedByteCount: how much of its memory is allocated; asked for only where it matters.
    mutating func on(_ look: Look, usedByteCount: () -> UInt64) -> Action {
        var action = Action()
        let limit = isLarge ? largeByteCount / 4 * 3 : largeByteCount
        if let own = look.ownByteCount, (own > limit) != isLarge {
            isLarge.toggle()
            action.changesSize = true
        }
        // However long the system let it wait.
        let pause = max(interval / 8, min(trimDuration * 10, interval * 8))
        guard look.worked >= work, look.elapsed >= pause else { return action }
        action.trims =
            isLarge || look.elapsed >= interval || hasFreedMuch(look, usedByteCount())
        return action
    }

    private mutating func hasFreedMuch(_ look: Look, _ usedByteCount: UInt64) -> Bool {
        guard let own = look.ownByteCount else { return false }
        let unused = Self.unused(own, usedByteCount)
        unusedAfterTrim = min(unusedAfterTrim, unused)
        return unused - unusedAfterTrim > keptByteCountMax
    }

    /// Notes how the process is after a trim, and how long that took.
    mutating func noteTrim(
        ownByteCount: UInt64?, usedByteCount: UInt64, took duration: Duration
    ) {
        unusedAfterTrim = ownByteCount.map { Self.unused($0, usedByteCount) } ?? .max
        trimDuration = duration
    }

    /// What the process has and does not use: what was freed and is kept, and what is not the allocator's. The
    /// two are not read at one moment.
    private static func unused(_ ownByteCount: UInt64, _ usedByteCount: UInt64) -> UInt64 {
        ownByteCount - min(ownByteCount, usedByteCount)
    }
}
