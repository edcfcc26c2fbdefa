import Buffers
import Execution
import TestSupport
import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(40)))
struct CompletionsTests {
    /// Shells that are not installed cannot be asked; at least bash always is.
    @Test(arguments: Completions.shells)
    func theShellAcceptsItsScript(shell: String) throws {
        guard let path = try ["/bin/", "/usr/bin/"].map({ $0 + shell }).first(where: File.exists)
        else {
            #expect(shell != "bash", "bash is missing")
            return
        }
        let script = try #require(Completions.script(for: shell, tree: .program))
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-completions-")
        defer { try? File.removeTree(folder) }
        try File.replace(folder + "/script", with: Bytes(utf8: script))
        let process = try ChildProcess.run(path, ["-n", folder + "/script"])
        #expect(process.exitCode == 0, "\(process.errorText)")
    }

    @Test(arguments: [
        ("holdfast pi", 1, "pin"), ("holdfast pin ", 2, "ls"),
        ("holdfast add --recu", 2, "--recursive"),
        ("holdfast --home x pin a", 4, "add"),
    ])
    func bashOffersWhatFits(line: String, index: Int, expected: String) throws {
        let script = try #require(Completions.script(for: "bash", tree: .program))
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
            .map { "'\($0)'" }.joined(separator: " ")
        let asking = """
            \(script)
            COMP_WORDS=(\(words)); COMP_CWORD=\(index); _holdfast; printf '%s\\n' "${COMPREPLY[@]}"
            """
        let process = try ChildProcess.run("/bin/bash", ["-c", asking])
        #expect(process.outputText.split(separator: "\n").contains { $0 == expected })
    }
}
