import Glibc

/// The signals that ask the process to stop.
package enum Signals {
    /// Blocks SIGTERM and SIGINT in this thread and in all that it makes from now on. To be called
    /// before the first thread is made; one thread then reads them with `wait`.
    package static func block() {
        var set = stopSet
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

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
