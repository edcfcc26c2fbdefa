import Glibc

/// Gives memory that was freed back to the system, in a process that lives long, and has caches give
/// way before the process is too large.
///
/// glibc keeps what is freed for the next allocation, for good where something small still stands
/// above it. So a peak stays: a burst of 200 downloads of 16 MiB files beside adds left 325 MiB in a
/// node that used 100. A trim a few seconds after the work gives the pages back. It happens only when
/// the process has worked since the last one, so an idle process does nothing.
///
/// Near the limit of a process, what is only kept shall not count against it: caches get small there,
/// and trims come more often.
///
/// Measured beside it (decision 11): blocks mapped one by one (`M_MMAP_THRESHOLD`) need no trim and
/// cost more than half of the speed of reads.
package final class MemoryTrim: Sendable {
    private struct State {
        var isStopped = false
        var trimCount = 0
    }

    /// Shared with the thread, which does not keep its owner alive.
    private let state = Monitor(State())
    private let thread = Locked<Thread?>(nil)

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - interval: how often it trims. A trim holds up who allocates for some milliseconds.
    ///   - work: processor time of the process after which a trim is worth it.
    ///   - byteCount: memory of the process above which it is large, until it has a quarter less; it
    ///     trims eight times as often then.
    ///   - keptByteCountMax: memory that may have been freed since the last trim; with more it trims up to
    ///     eight times as often.
    ///   - ownByteCount: how much memory the process has; nil where that is not known.
    ///   - usedByteCount: how much of it is allocated.
    ///   - whenLarge: called on the thread when the process has become large, and when it no longer is.
    ///     Must not wait for a disk: nothing is given back meanwhile.
    package init(
        every interval: Duration = .seconds(4), after work: Duration = .milliseconds(40),
        largeAbove byteCount: UInt64 = 176 << 20, keepingAtMost keptByteCountMax: UInt64 = 32 << 20,
        ownByteCount: @escaping @Sendable () -> UInt64? = { ProcessSetup.ownByteCount },
        usedByteCount: @escaping @Sendable () -> UInt64 = { Allocator.usedByteCount },
        whenLarge: @escaping @Sendable (_ isLarge: Bool) -> Void = { _ in }
    ) {
        let schedule = TrimSchedule(
            every: interval, after: work, largeAbove: byteCount, keepingAtMost: keptByteCountMax)
        let figures = Figures(own: ownByteCount, used: usedByteCount)
        // What the figures are read from is opened while there are files to open.
        _ = ownByteCount()
        let thread = Thread(name: "memory-trim") { [state] in
            Self.run(schedule, state, figures, whenLarge)
        }
        self.thread.withLock { $0 = thread }
    }

    private struct Figures: Sendable {
        let own: @Sendable () -> UInt64?
        let used: @Sendable () -> UInt64
    }

    private static func run(
        _ schedule: TrimSchedule, _ state: Monitor<State>, _ figures: Figures,
        _ whenLarge: (_ isLarge: Bool) -> Void
    ) {
        var schedule = schedule
        var (last, before) = (Instant.now, ProcessSetup.processorTime)
        let pause = schedule.lookInterval
        while state.wait(by: .after(pause), until: { $0.isStopped ? true : nil }) == nil {
            let worked = ProcessSetup.processorTime - before
            guard schedule.isLarge || worked >= schedule.work else { continue }
            let look = TrimSchedule.Look(
                elapsed: Instant.now.elapsed(since: last), worked: worked,
                ownByteCount: figures.own())
            let action = schedule.on(look, usedByteCount: figures.used)
            if action.changesSize {
                Allocator.keepLittleFreedMemory(schedule.isLarge)
                whenLarge(schedule.isLarge)
            }
            guard action.trims else { continue }
            let start = Instant.now
            Allocator.trim()
            (last, before) = (Instant.now, ProcessSetup.processorTime)
            schedule.noteTrim(
                ownByteCount: figures.own(), usedByteCount: figures.used(),
                took: last.elapsed(since: start))
            state.withLock { $0.trimCount += 1 }
        }
    }

    deinit { stop() }

    /// How often memory was given back.
    package var count: Int { state.withLock { $0.trimCount } }

    /// Ends the thread; again is harmless.
    package func stop() {
        state.notify { $0.isStopped = true }
        thread.withLock { $0.take() }?.join()
    }
}
