import Buffers
import Execution

/// A library in C that a program is started with, in front of the system's: its functions are called
/// instead.
package struct PreloadedLibrary {
    private let path: String

    /// Compiles it.
    ///
    /// - Parameters:
    ///   - name: of its files.
    ///   - folder: where; belongs to the caller.
    ///   - code: in C.
    package init(_ name: String, in folder: String, code: String) throws {
        let source = "\(folder)/\(name).c"
        path = "\(folder)/\(name).so"
        try File.replace(source, with: Bytes(utf8: code))
        let compiler = try ChildProcess.run(
            "cc", ["-shared", "-fPIC", "-O1", "-o", path, source, "-ldl"])
        guard compiler.exitCode == 0 else {
            throw FileError(operation: "compile", path: source, number: 0)
        }
    }

    /// What a program has to be started with, beside what the library reads.
    package var environment: [String: String] { ["LD_PRELOAD": path] }
}
