package import Buffers
import Execution
package import Glibc

/// A program that a test runs: started with `posix_spawn`, its outputs in files, killed by its own
/// process id and by nothing else.
///
/// `@unchecked Sendable` because only the test that started it waits for it or kills it.
package final class ChildProcess: @unchecked Sendable {
    /// How a program ended.
    package enum Ending: Equatable, Sendable {
        /// By itself, with a code.
        case exited(Int32)
        /// By a signal.
        case signalled(Int32)
    }

    /// The process id.
    package let processID: pid_t
    private let folder: String
    private var ending: Ending?

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: its path, or a name that is looked up in `PATH`.
    ///   - arguments: without the name itself.
    ///   - environment: added to this process's environment.
    ///   - input: what it reads as standard input.
    package init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        input: Bytes = .empty
    ) throws {
        folder = try File.makeTemporaryFolder(prefix: "holdfast-child-")
        try File.replace(folder + "/in", with: input)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        unsafe posix_spawn_file_actions_addopen(&actions, 0, folder + "/in", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, folder + "/out", flags, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, folder + "/err", flags, 0o600)
        unsafe Self.closeTheRest(&actions)
        processID = unsafe try Self.spawn(program, arguments, environment, &actions)
    }

    deinit {
        if ending == nil { kill(SIGKILL) }
        _ = wait()
        try? File.removeTree(folder)
    }

    /// Runs a program to its end.
    ///
    /// - Returns: the process, ended.
    package static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        input: Bytes = .empty
    ) throws -> ChildProcess {
        let process = try ChildProcess(program, arguments, environment: environment, input: input)
        _ = process.wait()
        return process
    }

    /// Sends a signal, unless it has been waited for already.
    package func kill(_ signal: Int32) {
        if ending == nil { _ = Glibc.kill(processID, signal) }
    }

    /// Waits until it has ended.
    @discardableResult
    package func wait() -> Ending {
        if let ending { return ending }
        var status: Int32 = 0
        while unsafe waitpid(processID, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        let result: Ending = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
        ending = result
        return result
    }

    /// Whether it has ended; does not wait.
    package var hasEnded: Bool {
        if ending != nil { return true }
        var info = unsafe siginfo_t()
        let flags = WEXITED | WNOHANG | WNOWAIT
        return unsafe waitid(P_PID, UInt32(processID), &info, flags) == 0
            && info.si_signo == SIGCHLD
    }

    /// The exit code, waiting for it; nil after a signal.
    package var exitCode: Int32? {
        if case .exited(let code) = wait() { return code }
        return nil
    }

    /// What it has written to standard output so far.
    package var output: Bytes { contents("out") }
    /// Standard output as text.
    package var outputText: String { output.utf8Text ?? "" }
    /// Standard error as text.
    package var errorText: String { contents("err").utf8Text ?? "" }

    private func contents(_ name: String) -> Bytes {
        (try? File.readAll(folder + "/" + name, limit: 1 << 30)) ?? .empty
    }

    private static func spawn(
        _ program: String, _ arguments: [String], _ environment: [String: String],
        _ actions: inout posix_spawn_file_actions_t
    ) throws -> pid_t {
        var words = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
        var variables = unsafe merged(environment).map { unsafe strdup($0) } + [nil]
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // Our threads block what others send to the process; a child must get it.
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        // Whoever runs the tests may ignore some, as `nohup` does, and a shell in the background.
        var ignored = sigset_t()
        unsafe sigemptyset(&ignored)
        for number in [SIGHUP, SIGINT, SIGQUIT, SIGTERM] { unsafe sigaddset(&ignored, number) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &ignored)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var processID: pid_t = 0
        let code = unsafe posix_spawnp(
            &processID, program, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw FileError(operation: "run", path: program, number: code) }
        return processID
    }

    /// Gives the child none of this process's descriptors: with the socket of another test it would keep a
    /// connection open that its client has closed. The function is hidden without _GNU_SOURCE.
    private static func closeTheRest(_ actions: inout posix_spawn_file_actions_t) {
        guard let symbol = unsafe dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
            preconditionFailure("the system has no way to close what a child must not have")
        }
        typealias Function =
            @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
        let closeFrom = unsafe unsafeBitCast(symbol, to: Function.self)
        _ = unsafe closeFrom(&actions, 3)
    }

    private static func merged(_ added: [String: String]) -> [String] {
        var variables: [String] = []
        var entry = unsafe environ
        while let text = unsafe entry.pointee {
            variables.append(unsafe String(cString: text))
            unsafe entry += 1
        }
        let kept = variables.filter { variable in
            !added.keys.contains { variable.hasPrefix($0 + "=") }
        }
        return kept + added.map { "\($0.key)=\($0.value)" }
    }
}
