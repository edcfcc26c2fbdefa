package import Buffers
import Glibc

/// What the process does once, at its very beginning and at its very end.
package enum ProcessSetup {
    /// Sets up the process. To be called first, before any other thread is there.
    ///
    /// * Standard descriptors that are closed are filled, so that no file or socket takes their number.
    /// * The descriptors that are open are noted as the caller's.
    /// * The allocator keeps little for many threads.
    /// * SIGPIPE is ignored: a reader that has gone is an error of the write.
    /// * SIGXFSZ is ignored: a file that may not grow further is an error of the write.
    /// * SIGBUS gets a handler that says what it most likely means, and ends the process.
    /// * The limit of open files is raised to what the system allows.
    package static func prepare() {
        fillStandardDescriptors()
        Allocator.prepare()
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        signal(SIGBUS, busErrorHandler)
        raiseFileLimit()
        InheritedDescriptors.note()
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

    /// The number of the user whose rights the process has.
    package static var userNumber: UInt32 { geteuid() }

    /// The words that the process was started with, without the program's own name. They are
    /// bytes: the standard library's list replaces what is not UTF-8.
    package static var arguments: [Bytes] {
        var result: [Bytes] = []
        for index in 0..<Int(CommandLine.argc) {
            guard let text = unsafe CommandLine.unsafeArgv[index] else { break }
            if index > 0 { result.append(unsafe bytes(of: text)) }
        }
        return result
    }

    /// The variables that the process was started with; what is not UTF-8 is replaced.
    package static var environment: [String: String] {
        var result: [String: String] = [:]
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            let pair = unsafe bytes(of: text)
            if let equals = pair.firstIndex(of: UInt8(ascii: "=")) {
                result[pair.prefix(equals).displayText] = pair.dropFirst(equals + 1).displayText
            }
            unsafe entry += 1
        }
        return result
    }

    private static func bytes(of text: UnsafePointer<CChar>) -> Bytes {
        unsafe Bytes(copying: UnsafeRawBufferPointer(start: text, count: strlen(text)).bytes)
    }

    /// Bytes of memory that the process has in use; nil where the system does not tell.
    package static var residentByteCount: UInt64? { MemoryFigures.current?.resident }

    /// Bytes of memory that are the process's own: what the system cannot take back, unlike pages of
    /// files that are mapped (`RssAnon`; decision 8). Nil where the system does not tell.
    package static var ownByteCount: UInt64? { MemoryFigures.current?.own }

    /// Processor time that all threads of the process have used.
    package static var processorTime: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// How many descriptors the process may have open at once.
    package static var openFileMax: Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Else what is printed would go into whatever is opened first: a file of the repository. These
    /// are opened for the other direction, so that whoever uses one gets an error as before.
    private static func fillStandardDescriptors() {
        for (descriptor, direction) in [(0, O_WRONLY), (1, O_RDONLY), (2, O_RDONLY)]
        where fcntl(Int32(descriptor), F_GETFD) < 0 {
            // The lowest number that is free is taken.
            guard unsafe open("/dev/null", direction) == descriptor else { return }
        }
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
