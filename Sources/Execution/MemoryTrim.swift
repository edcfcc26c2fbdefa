import Glibc
import Synchronization

/// Gives memory that was freed back to the system, in a process that lives long.
///
/// glibc keeps what is freed for the next allocation, for good where something small still stands
/// above it. So a peak stays: a burst of 200 downloads of 16 MiB files beside adds left 325 MiB in a
/// node that used 100. A trim a few seconds after the work gives the pages back. It happens only when
/// the process has worked since the last one, so an idle process does nothing.
///
/// Measured beside it (decision 11): blocks mapped one by one (`M_MMAP_THRESHOLD`) need no trim and
/// cost more than half of the speed of reads.
package final class MemoryTrim: Sendable {
    private let isStopped = Monitor(false)
    private let trims = Atomic<Int>(0)
    private let thread = Locked<Thread?>(nil)

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - interval: how often it looks. A trim holds up who allocates for some milliseconds.
    ///   - work: processor time of the process after which a trim is worth it.
    package init(every interval: Duration = .seconds(4), after work: Duration = .milliseconds(40)) {
        let thread = Thread(name: "memory-trim") { [isStopped, weak self] in
            var before = ProcessSetup.processorTime
            while isStopped.wait(by: .after(interval), until: { $0 ? true : nil }) == nil {
                guard ProcessSetup.processorTime - before >= work else { continue }
                ProcessSetup.trimMemory()
                self?.trims.add(1, ordering: .relaxed)
                before = ProcessSetup.processorTime
            }
        }
        self.thread.withLock { $0 = thread }
    }

    deinit { stop() }

    /// How often memory was given back.
    package var count: Int { trims.load(ordering: .relaxed) }

    /// Ends the thread; again is harmless.
    package func stop() {
        isStopped.notify { $0 = true }
        thread.withLock { thread in
            defer { thread = nil }
            return thread
        }?.join()
    }
}
