import Buffers
import Execution
import TestSupport

/// A folder for one test, with a repository in it and the means to run the program.
final class TestPlace {
    let folder: String
    let home: String
    private let program: String

    /// Makes the folder.
    ///
    /// - Parameter makesRepository: whether `holdfast init` is run.
    init(makesRepository: Bool = true) throws {
        program = try BuiltProgram.path("holdfast")
        folder = try File.makeTemporaryFolder(prefix: "holdfast-program-")
        home = folder + "/home"
        if makesRepository { _ = try run("init") }
    }

    deinit { try? File.removeTree(folder) }

    /// A path in the folder.
    func path(_ name: String) -> String { folder + "/" + name }

    /// Makes a file in the folder.
    func write(_ name: String, _ text: String) throws {
        try File.makeFolder(File.folder(of: path(name)), permissions: 0o755)
        try File.replace(path(name), with: Bytes(utf8: text), permissions: 0o644)
    }

    /// The folder of the recorded calls of Kubo's command line: two files, a link, a folder.
    func makeSampleFolder() throws {
        try write("dir/a", "a\n")
        try write("dir/sub/b", "b\n")
        try File.makeLink(path("dir/l"), to: "a")
    }

    /// Runs the program to its end.
    func run(_ arguments: String..., input: Bytes = .empty) throws -> ChildProcess {
        try ChildProcess.run(program, arguments, environment: environment, input: input)
    }

    /// Runs the program to its end, with arguments that a list holds.
    func run(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess.run(program, arguments, environment: environment)
    }

    /// Starts the program.
    func start(_ arguments: String...) throws -> ChildProcess {
        try ChildProcess(program, arguments, environment: environment)
    }

    private var environment: [String: String] {
        ["HOLDFAST_HOME": home, "HOLDFAST_STORE_RESERVE": "0"]
    }
}
