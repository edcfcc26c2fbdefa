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
    /// - Returns: the signal's number.
    /// - Blocking: for ever; for a thread of its own.
    package static func wait() -> Int32 {
        var set = stopSet
        var number: Int32 = 0
        while unsafe sigwait(&set, &number) != 0 {}
        return number
    }

    /// The name of a signal that `wait` returns, for the log.
    package static func name(of number: Int32) -> String {
        number == SIGINT ? "SIGINT" : "SIGTERM"
    }

    /// Ends the process as the system would have by a signal: whoever started it sees which one.
    package static func end(by number: Int32) -> Never {
        signal(number, SIG_DFL)
        var only = Self.set(of: [number])
        unsafe pthread_sigmask(SIG_UNBLOCK, &only, nil)
        raise(number)
        // The first process of a container is not ended by its own signals.
        ProcessSetup.abandon(128 + number)
    }

    /// Keeps back the signals that end the process, until `endProcess` takes them. To be called before
    /// the first thread is made.
    package static func keepBack() {
        var set = Self.set(of: ending)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Ends the process by the first signal that was kept back, or comes, as the system would have done:
    /// but something is done before.
    ///
    /// - Parameter body: runs on a thread of its own.
    package static func endProcess(after body: @escaping @Sendable () -> Void) {
        // What whoever started the process has it ignore, as a shell does in the background, would end it:
        // a signal that is blocked is kept even so.
        let numbers = ending.filter { !isIgnored($0) }
        guard !numbers.isEmpty else { return }
        _ = Thread(name: "signals") {
            var set = Self.set(of: numbers)
            var number: Int32 = 0
            while unsafe sigwait(&set, &number) != 0 {}
            body()
            end(by: number)
        }
    }

    private static let ending = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        let handler = unsafe action.__sigaction_handler.sa_handler
        return unsafe unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private static var stopSet: sigset_t { Self.set(of: [SIGTERM, SIGINT]) }

    private static func set(of numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        return set
    }
}
