package import Execution
import Synchronization
import Telemetry

/// The shell around a follower, on a thread of its own: reads pages at a pace, carries out what the follower
/// wants, and moves its cursor, synced, together with what has come of that.
///
/// An error ends nothing: it is kept and told, and the turn is tried again after a while, which grows.
/// Whoever starts it stops it before the store is closed.
package final class FollowerRunner<Subject: Follower>: Sendable {
    let store: BlockStore
    let clock: any TimeSource
    let bytesPerSecond: Int?
    let control: Monitor<FollowerControl<Subject>>
    /// Whether somebody has said something that the thread has not heard yet: what it waits for is over.
    let isCalled = Atomic(false)
    /// How often somebody has: what a pause waits on beside the clock.
    let callCount = Monitor(UInt64(0))
    let readByteCount = Counter()
    /// Bytes of the page that the follower is looking at.
    let heldByteCount = Atomic(0)
    private let thread = Locked<Thread?>(nil)

    /// Prepares a runner; adds its metrics to those of the store.
    ///
    /// - Parameters:
    ///   - follower: as it is without a cursor.
    ///   - store: whose log it follows.
    ///   - bytesPerSecond: how fast it reads; nil for as fast as it can.
    ///   - clock: what pauses are counted by; that of the store if not given.
    package init(
        _ follower: Subject, on store: BlockStore, bytesPerSecond: Int? = nil,
        clock: (any TimeSource)? = nil
    ) {
        self.store = store
        self.clock = clock ?? store.options.clock
        self.bytesPerSecond = bytesPerSecond
        control = Monitor(FollowerControl(follower))
        if let registry = store.options.metrics { addMetrics(to: registry) }
    }

    // MARK: calls

    /// Starts the thread; again is harmless.
    package func start() {
        guard control.notify({ $0.start() }) else { return }
        let thread = Thread(name: "\(Subject.name)") { [self] in runThread() }
        self.thread.withLock { $0 = thread }
    }

    /// Does nothing until `resume`; a page that is being worked on comes to its end.
    package func pause() { call { $0.pause() } }

    /// Goes on.
    package func resume() { call { $0.resume() } }

    /// Tells the follower that its work is wanted now; returns at once.
    package func hurry() { call { $0.hurry() } }

    /// Ends the thread, behind the page that is being worked on.
    ///
    /// - Parameter deadline: when to wait no longer: a disk may not answer.
    /// - Returns: whether it has ended.
    @discardableResult
    package func stop(by deadline: Deadline) -> Bool {
        call { $0.stop() }
        let hasEnded = control.wait(by: deadline) { $0.phase == .ended ? true : nil } ?? false
        if hasEnded { thread.withLock { $0.take() }?.join() }
        return hasEnded
    }

    /// How it is.
    package var status: FollowerStatus<Subject> {
        let last = store.lastSequence
        let readByteCount = readByteCount.value
        return control.withLock { control in
            FollowerStatus(
                follower: control.follower, position: control.position,
                lag: last > control.position && !control.isAtRest ? last - control.position : 0,
                isHurryWanted: control.isHurryWanted, isPaused: control.phase == .paused,
                errorCount: control.errorCount,
                error: control.error, readByteCount: readByteCount)
        }
    }

    private func call(_ change: (inout FollowerControl<Subject>) -> Void) {
        control.notify { change(&$0) }
        isCalled.store(true, ordering: .sequentiallyConsistent)
        callCount.notify { $0 &+= 1 }
        store.wakeFollowers()
    }
}
