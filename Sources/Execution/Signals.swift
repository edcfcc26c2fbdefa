import Glibc

/// The signals that ask the process to stop.
package enum Signals {
    /// Blocks SIGTERM and SIGINT in this thread and in all that it makes from now on. To be called
    /// before the first thread is made; one thread then reads them with `wait`.
    package static func block() {
        var set = stopSet
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Blocks in this thread what others may send to the process: one thread waits for that. What the
    /// thread does to itself stays open: were a trap or a bad access blocked, the system would end
    /// the process without asking the handler that prints where it happened.
    static func blockOnThread() {
        var set = sigset_t()
        unsafe sigfillset(&set)
        for number in faults { unsafe sigdelset(&set, number) }
        // Not what its maker blocks besides.
        unsafe pthread_sigmask(SIG_SETMASK, &set, nil)
    }

    /// What a thread does to itself.
    static let faults = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS]

    /// Waits until somebody asks the process to stop.
    ///
    /// - Returns: the signal's name, for the log.
    /// - Blocking: for ever; for a thread of its own.
    package static func wait() -> String {
        var set = stopSet
        var number: Int32 = 0
        while unsafe sigwait(&set, &number) != 0 {}
        return number == SIGINT ? "SIGINT" : "SIGTERM"
    }

    private static var stopSet: sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        return set
    }
}
