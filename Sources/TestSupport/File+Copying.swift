package import Execution

extension File {
    /// Copies a folder with all that is in it, also under a process that has it open: as a kill would leave it.
    ///
    /// - Throws: where `cp` fails, with what it says.
    package static func copyTree(_ folder: String, to place: String) throws {
        let copying = try ChildProcess.run("cp", ["-a", folder, place])
        guard copying.exitCode == 0 else { throw FailedCopy(reason: copying.errorText) }
    }

    private struct FailedCopy: Error {
        let reason: String
    }
}
