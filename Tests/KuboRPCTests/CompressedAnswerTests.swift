import Content
import Execution
import Testing

@testable import KuboRPC

/// What `get --compress` takes is counted.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct CompressedAnswerTests {
    private let node: TestNode

    init() throws { node = try TestNode() }

    private var inUse: Int { node.library.stateMemory.budget.inUse }

    @Test func theCompressorIsCounted() throws {
        let added = try node.upload("add", [Part(content: [UInt8](repeating: 1, count: 1 << 20))])
        let root = try #require(AnyJSON.lines(added.text).last?["Hash"]?.text)
        let answer = try GetCommand.run(try node.invocation("get?compress=true&arg=\(root)"))
        #expect(inUse >= Limits.gzipMemoryBytes / 2)
        withExtendedLifetime(answer) {}
    }
}
