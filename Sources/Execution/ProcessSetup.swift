import Buffers
import Glibc

/// What the process does once, at its very beginning and at its very end.
package enum ProcessSetup {
    /// Sets up the process. To be called first, before any other thread is there.
    ///
    /// * Few malloc arenas: many threads otherwise keep memory that never comes back (stack.md 7, 5).
    /// * SIGPIPE is ignored: a reader that has gone is an error of the write.
    /// * SIGBUS gets a handler that says what it most likely means, and ends the process.
    /// * The limit of open files is raised to what the system allows.
    package static func prepare() {
        mallopt(-8, 4)  // M_ARENA_MAX
        signal(SIGPIPE, SIG_IGN)
        signal(SIGBUS, busErrorHandler)
        raiseFileLimit()
    }

    /// Keeps freed memory for the next large buffer instead of giving it back to the system. For a
    /// command that moves a lot of data and then ends: it saves two thirds of the system's time in
    /// `add` (0.94 to 0.34 s for 1 GiB, 264,000 page faults to 4,500).
    package static func keepFreedMemory() {
        mallopt(-1, 32 << 20)  // M_TRIM_THRESHOLD
        mallopt(-3, 4 << 20)  // M_MMAP_THRESHOLD
    }

    /// Ends the process without running what is registered for its end.
    package static func exit(_ code: Int32) -> Never {
        Glibc.exit(code)
    }

    /// Ends the process while threads of it may still run: nothing that they use is taken down first.
    package static func abandon(_ code: Int32) -> Never {
        _exit(code)
    }

    /// The number of this process.
    package static var processNumber: Int32 { getpid() }

    /// Whether a process of this number exists.
    package static func isRunning(_ number: Int32) -> Bool {
        kill(number, 0) == 0 || errno == EPERM
    }

    /// The variables that the process was started with.
    package static var environment: [String: String] {
        var result: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                result[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            unsafe entry += 1
        }
        return result
    }

    /// Bytes of memory that the process has in use.
    package static var residentByteCount: UInt64 {
        guard let text = try? File.readAll("/proc/self/statm", limit: 4_096).utf8Text else {
            return 0
        }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { UInt64($0) } ?? 0
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// glibc's header with `mallopt` is not part of Swift's Glibc module, so it is looked up by name.
    private static func mallopt(_ parameter: Int32, _ value: Int32) {
        typealias Mallopt = @convention(c) (Int32, Int32) -> Int32
        guard let symbol = unsafe dlsym(nil, "mallopt") else { return }
        let mallopt = unsafe unsafeBitCast(symbol, to: Mallopt.self)
        _ = mallopt(parameter, value)
    }

    private static func raiseFileLimit() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 1 << 20)
        _ = unsafe setrlimit(resource, &limit)
    }

    /// LevelDB reads its tables through memory maps: a disk that fails under one is this signal, not
    /// an error of a call (stack.md 4.1).
    private static let busErrorHandler: @convention(c) (Int32) -> Void = { _ in
        let message: StaticString = """
            holdfast: bus error: the disk could not be read, most likely. Look at the system's log \
            (dmesg) and at the disk's health, then start again.

            """
        _ = unsafe write(2, message.utf8Start, message.utf8CodeUnitCount)
        _exit(1)
    }
}

extension FileError {
    /// Nobody reads what was written.
    package var isBrokenPipe: Bool { number == EPIPE }
}
