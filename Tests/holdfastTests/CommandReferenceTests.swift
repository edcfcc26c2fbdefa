import Buffers
import Execution
import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(20)))
struct CommandReferenceTests {
    /// With `HOLDFAST_WRITE_REFERENCE=1` in the environment the page is written instead.
    @Test func thePageIsWhatTheProgramSays() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = root + "/Docs/reference/commands.md"
        let text = CommandReference(tree: .program).markdown
        if ProcessSetup.environment["HOLDFAST_WRITE_REFERENCE"] == "1" {
            try File.makeFolder(root + "/Docs/reference", permissions: 0o755)
            try File.replace(path, with: Bytes(utf8: text), permissions: 0o644)
        }
        let advice: Comment =
            "run the test with HOLDFAST_WRITE_REFERENCE=1 and commit Docs/reference/commands.md"
        #expect(try File.readAll(path, limit: 1 << 20).utf8Text == text, advice)
    }
}
