package import Buffers
import Execution

/// A folder for one test, which is the user's home, with a repository in it and the means to run the
/// program.
package final class TestPlace {
    /// Goes away with the place.
    package let folder: String
    /// The repository.
    package let home: String
    private let program: String

    /// Makes the folder.
    ///
    /// - Parameters:
    ///   - home: where the repository is; in the folder by default, where the program looks for it
    ///     without being told.
    ///   - makesRepository: whether `holdfast init` is run.
    package init(home: String? = nil, makesRepository: Bool = true) throws {
        program = try BuiltProgram.path("holdfast")
        folder = try File.makeTemporaryFolder(prefix: "holdfast-program-")
        self.home = home ?? folder + "/.holdfast"
        guard makesRepository else { return }
        let made = try run("init")
        guard made.exitCode == 0 else { throw RunningNodeError(made) }
    }

    deinit { try? File.removeTree(folder) }

    /// A path in the folder.
    package func path(_ name: String) -> String { folder + "/" + name }

    /// Makes a file in the folder.
    package func write(_ name: String, _ text: String) throws {
        try File.makeFolder(File.folder(of: path(name)), permissions: 0o755)
        try File.replace(path(name), with: Bytes(utf8: text), permissions: 0o644)
    }

    /// The folder of the recorded calls of Kubo's command line: two files, a link, a folder.
    package func makeSampleFolder() throws {
        try write("dir/a", "a\n")
        try write("dir/sub/b", "b\n")
        try File.makeLink(path("dir/l"), to: "a")
    }

    /// Runs the program to its end.
    package func run(_ arguments: String..., input: Bytes = .empty) throws -> ChildProcess {
        try ChildProcess.run(program, arguments, environment: environment, input: input)
    }

    /// Runs the program to its end, with arguments that a list holds.
    package func run(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess.run(program, arguments, environment: environment)
    }

    /// Runs the program to its end, with variables of its own.
    package func run(
        _ arguments: [String], adding variables: [String: String]
    ) throws -> ChildProcess {
        try ChildProcess.run(
            program, arguments, environment: environment.merging(variables) { $1 })
    }

    /// Starts the program, with variables of its own.
    package func start(
        _ arguments: [String], adding variables: [String: String]
    ) throws -> ChildProcess {
        try ChildProcess(program, arguments, environment: environment.merging(variables) { $1 })
    }

    /// Starts the program.
    package func start(_ arguments: String...) throws -> ChildProcess {
        try ChildProcess(program, arguments, environment: environment)
    }

    /// Runs a line of shell in the folder, where `holdfast` is the program, to its end.
    package func shell(_ line: String) throws -> ChildProcess {
        let path = File.folder(of: program) + ":" + (ProcessSetup.environment["PATH"] ?? "")
        let added = ["PATH": path].merging(environment) { $1 }
        return try ChildProcess.run("bash", ["-c", "cd \(folder) && \(line)"], environment: added)
    }

    /// Nodes listen on any free port, and do not care how full the disk is.
    private var environment: [String: String] {
        [
            "HOME": folder, "HOLDFAST_HOME": home, "HOLDFAST_STORE_RESERVE": "0",
            "HOLDFAST_LISTEN_PUBLIC": "127.0.0.1:0", "HOLDFAST_LISTEN_PRIVATE": "127.0.0.1:0",
        ]
    }
}
