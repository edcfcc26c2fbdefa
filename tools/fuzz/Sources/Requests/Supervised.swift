import Execution
import Glibc

/// Runs an input on a thread as small as a connection's, and watches what it takes of time and memory.
enum Supervised {
    /// How long an input may take; its requests give up after a second each.
    private static let timeLimit = Duration.seconds(12)
    /// Bytes that the process may hold beyond what it has at the start.
    private static let memoryMax: UInt64 = 1 << 30

    /// - Throws: what the body throws, or a finding when it does not end or holds too much. The thread
    ///   then goes on, and the process should not.
    static func run(_ body: @escaping @Sendable () throws -> Void) throws {
        let outcome = Pending<Result<Void, any Error>>()
        let thread = Thread(name: "fuzz") {
            letFaultsBeTold()
            outcome.fulfil(Result { try body() })
        }
        let before = ProcessSetup.residentByteCount ?? 0
        let deadline = Deadline.after(timeLimit)
        while !deadline.hasPassed {
            if let result = outcome.value(by: .after(.milliseconds(100))) {
                thread.join()
                return try result.get()
            }
            let held = ProcessSetup.residentByteCount ?? 0
            try Finding.unless(
                held < before + memoryMax, "more than \(memoryMax >> 20) MiB more are held")
        }
        throw Finding(description: "it does not end within \(timeLimit)")
    }

    /// Our threads block all signals, and a fault whose signal is blocked ends the process without a
    /// word about where it was.
    private static func letFaultsBeTold() {
        var faults = sigset_t()
        unsafe sigemptyset(&faults)
        for signal in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
            unsafe sigaddset(&faults, signal)
        }
        unsafe pthread_sigmask(SIG_UNBLOCK, &faults, nil)
    }
}
