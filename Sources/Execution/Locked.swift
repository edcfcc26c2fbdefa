import Glibc

/// A value that only one thread at a time can reach.
///
/// The lock is a plain `pthread_mutex_t`: short critical sections under contention cost less than
/// with `Synchronization.Mutex` in Swift 6.3. Nothing may happen under it: no callback, no log, no
/// second lock, no C call that may block.
///
/// `@unchecked Sendable` because the value is only touched while the mutex is held.
@safe
package final class Locked<Value>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    /// Puts a value behind a lock.
    package init(_ value: sending Value) {
        self.value = value
        unsafe mutex = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Lends the value to `body` while the lock is held.
    package func withLock<Result, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
