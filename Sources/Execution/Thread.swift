import Buffers
import Glibc

/// A named thread of the operating system. The only place that makes threads.
///
/// Every thread ends by returning from its body; `join` waits for that. A thread that is never
/// joined is detached when its handle goes away.
///
/// `@unchecked Sendable` because the handle is set before the value is shared, and `joined` is only
/// changed by the one owner who joins.
@safe
package final class Thread: @unchecked Sendable {
    /// The name that `status`, debuggers and `top -H` show: at most 15 bytes are kept by the system.
    package let name: String
    private var handle: pthread_t
    private var isJoined = false

    /// Starts a thread that the process cannot do without: at its start, or at its end.
    ///
    /// - Parameters:
    ///   - name: what the thread is for.
    ///   - stackByteCount: bytes of stack, virtual until used.
    ///   - body: runs on the new thread, which takes no signals but those of its own faults.
    package init(
        name: String, stackByteCount: Int = 512 * 1024, body: sending @escaping () -> Void
    ) {
        guard let handle = Self.start(ThreadStart(name: name, body: body), stackByteCount) else {
            Self.endWithoutThread()
        }
        self.name = name
        self.handle = handle
    }

    /// Starts a thread if the system has one: for requests, whose number is not ours to decide.
    ///
    /// - Parameters:
    ///   - name: what the thread is for.
    ///   - stackByteCount: bytes of stack, virtual until used.
    ///   - body: runs on the new thread with all signals blocked.
    /// - Returns: nil where there is none; then the body does not run.
    package init?(
        ifPossible name: String, stackByteCount: Int = 512 * 1024,
        body: sending @escaping () -> Void
    ) {
        guard let handle = Self.start(ThreadStart(name: name, body: body), stackByteCount) else {
            return nil
        }
        self.name = name
        self.handle = handle
    }

    /// Says what to do, and ends the process: not a fault of ours, so no trap.
    private static func endWithoutThread() -> Never {
        let message: StaticString = """
            holdfast: the system refuses another thread: raise the limit of processes (ulimit -u, \
            TasksMax of the service) or give it more memory.

            """
        _ = unsafe write(2, message.utf8Start, message.utf8CodeUnitCount)
        _exit(1)
    }

    private static func start(_ start: ThreadStart, _ stackByteCount: Int) -> pthread_t? {
        let argument = unsafe Unmanaged.passRetained(start)
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setstacksize(&attributes, stackByteCount)
        var handle = pthread_t()
        let code = unsafe pthread_create(
            &handle, &attributes,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
                start.run()
                return nil
            }, argument.toOpaque())
        unsafe pthread_attr_destroy(&attributes)
        guard code == 0 else {
            unsafe argument.release()
            return nil
        }
        return handle
    }

    deinit {
        if !isJoined { pthread_detach(handle) }
    }

    /// Waits until the thread has ended. To be called once, by its owner.
    package func join() {
        precondition(!isJoined, "a thread can be joined once")
        isJoined = true
        pthread_join(handle, nil)
    }

    /// Tells the threads that live at the same time apart; a number may be used again later.
    package static var currentIdentity: UInt64 { UInt64(pthread_self()) }
}

private final class ThreadStart {
    let name: String
    let body: () -> Void

    init(name: String, body: @escaping () -> Void) {
        self.name = name
        self.body = body
    }

    func run() {
        Signals.blockOnThread()
        // The header hides `pthread_setname_np` (a GNU extension); this file does the same.
        if let own = try? File("/proc/thread-self/comm", .replace) {
            try? own.write(Bytes(utf8: String(decoding: name.utf8.prefix(15), as: UTF8.self)))
        }
        body()
    }
}
