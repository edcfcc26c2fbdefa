import Glibc
import TestSupport
import Testing

/// What the programs that tests start have of the process that starts them.
@Suite(.timeLimit(.minutes(40)))
struct ChildProcessTests {
    /// A socket of one test in the child of another would stay open when its own test has closed it.
    @Test func itHasNoDescriptorsButItsOwn() throws {
        let left = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(left) }
        let child = try ChildProcess.run("ls", ["/proc/self/fd"])
        // The last one is the folder that `ls` reads.
        #expect(child.outputText == "0\n1\n2\n3\n")
    }
}
