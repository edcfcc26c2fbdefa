import Glibc

/// A value behind a lock, with threads that wait for it to change.
///
/// `wait` gives the lock up while it sleeps, and looks at the condition again on every `notify`.
/// The same rules as for `Locked` hold for what may happen under the lock.
///
/// `@unchecked Sendable` because the value is only touched while the mutex is held.
@safe
package final class Monitor<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var value: Value

    /// Puts a value behind a lock that can be waited on.
    package init(_ value: sending Value) {
        self.value = value
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(condition, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    /// Lends the value to `body` while the lock is held. Wakes nobody.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&value)
    }

    /// Changes the value and wakes every thread that waits.
    package func notify<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // After the unlock: a thread that is woken before it would only meet the lock again.
        defer { unsafe pthread_cond_broadcast(condition) }
        return try withLock(body)
    }

    /// Changes the value and wakes one thread that waits: for values that any of the waiting
    /// threads can deal with, and one is enough to.
    package func notifyOne<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { unsafe pthread_cond_signal(condition) }
        return try withLock(body)
    }

    /// Waits until `condition` gives a result, or the deadline passes.
    ///
    /// - Parameters:
    ///   - deadline: when to give up.
    ///   - condition: looks at the value, may change it, and returns nil to go on waiting.
    /// - Returns: what the condition gave, or nil when the deadline passed first.
    package func wait<Result>(
        by deadline: Deadline, until condition: (inout Value) -> Result?
    ) -> Result? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while true {
            if let result = condition(&value) { return result }
            if deadline.hasPassed { return nil }
            sleepUntilNotified(by: deadline)
        }
    }

    private func sleepUntilNotified(by deadline: Deadline) {
        guard let instant = deadline.instant else {
            unsafe pthread_cond_wait(condition, mutex)
            return
        }
        var time = timespec(
            tv_sec: Int(instant.nanoseconds / 1_000_000_000),
            tv_nsec: Int(instant.nanoseconds % 1_000_000_000))
        unsafe pthread_cond_timedwait(condition, mutex, &time)
    }
}
