package import Buffers
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
        keepLittleFreedMemory(false)
        signal(SIGPIPE, SIG_IGN)
        signal(SIGBUS, busErrorHandler)
        raiseFileLimit()
    }

    /// Keeps freed memory for the next large buffer instead of giving it back to the system. For a
    /// command that moves a lot of data and then ends: it saves two thirds of the system's time in
    /// `add` (0.94 to 0.34 s for 1 GiB, 264,000 page faults to 4,500).
    package static func keepFreedMemory() {
        keepFreedMemory(upTo: 32 << 20)
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

    /// Bytes of memory that the process has in use.
    package static var residentByteCount: UInt64 { memoryByteCounts.resident }

    /// Bytes of memory that are the process's own: what the system cannot take back, unlike pages of
    /// files that are mapped (`RssAnon`; decision 8).
    package static var ownByteCount: UInt64 {
        let (resident, shared) = memoryByteCounts
        return resident - min(resident, shared)
    }

    /// From `/proc/self/statm`: the second and the third number, which count pages; zero without it.
    private static var memoryByteCounts: (resident: UInt64, shared: UInt64) {
        guard let text = try? File.readAll("/proc/self/statm", limit: 4_096) else { return (0, 0) }
        let counts = text.split(separator: UInt8(ascii: " ")).prefix(3).map {
            $0.utf8Text.flatMap { UInt64($0) } ?? 0
        }
        guard counts.count == 3 else { return (0, 0) }
        let pageByteCount = UInt64(sysconf(Int32(_SC_PAGESIZE)))
        return (counts[1] * pageByteCount, counts[2] * pageByteCount)
    }

    /// Processor time that all threads of the process have used.
    package static var processorTime: Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Keeps less freed memory for a while, or as much as usual again. Each arena keeps so much at its end:
    /// with 4 MiB instead of 16 an add takes a twentieth more of a processor, and a node full of large
    /// blocks has 10 to 30 MiB less. And what is large is mapped by itself meanwhile: between two trims
    /// the holes that it leaves in the arenas are a quarter of their memory.
    static func keepLittleFreedMemory(_ isLittle: Bool) {
        // Left alone, glibc raises the size from which memory is mapped by itself to that of the
        // largest block freed, up to 32 MiB: blocks of 30 MiB then stay in every arena. Setting it
        // fixes the other threshold too, at 128 KiB, which costs adds a tenth.
        keepFreedMemory(upTo: isLittle ? 1 << 20 : 16 << 20)
        mallopt(-3, isLittle ? 128 << 10 : 4 << 20)  // M_MMAP_THRESHOLD
    }

    private static func keepFreedMemory(upTo byteCount: Int32) {
        mallopt(-1, byteCount)  // M_TRIM_THRESHOLD
    }

    /// Gives pages of freed memory back to the system, from all arenas.
    static func trimMemory() {
        typealias Trim = @convention(c) (Int) -> Int32
        guard let symbol = unsafe dlsym(nil, "malloc_trim") else { return }
        let trim = unsafe unsafeBitCast(symbol, to: Trim.self)
        _ = trim(0)
    }

    /// glibc's header with `mallopt` is not part of Swift's Glibc module, so it is looked up by name.
    private static func mallopt(_ parameter: Int32, _ value: Int32) {
        typealias Mallopt = @convention(c) (Int32, Int32) -> Int32
        guard let symbol = unsafe dlsym(nil, "mallopt") else { return }
        let mallopt = unsafe unsafeBitCast(symbol, to: Mallopt.self)
        _ = mallopt(parameter, value)
    }

    /// How many descriptors the process may have open at once.
    package static var openFileMax: Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard unsafe getrlimit(resource, &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
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
