import Buffers
import Content
import Execution
import TestSupport
import Testing

@testable import KuboRPC

/// `cat` with as many files as somebody likes.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct ManyFilesTests {
    private let node: TestNode

    init() throws { node = try TestNode() }

    private var inUse: Int { node.library.stateMemory.budget.inUse }

    @Test func onlyOneOfManyFilesIsOpen() throws {
        let added = try node.upload(
            "add?chunker=size-4096",
            [Part(content: (0..<20_000).map { UInt8(truncatingIfNeeded: $0 / 9) })])
        let root = try #require(AnyJSON.lines(added.text).last?["Hash"]?.text)
        let query = String(repeating: "&arg=" + root, count: 1500)
        let answer = try CatCommand.run(node.invocation("cat?offset=15000" + query))
        guard case .raw(let raw) = answer else {
            Issue.record("no bytes")
            return
        }
        // A list of names and ranges, and it is counted.
        #expect(inUse > 1500 * 64 && inUse < 1500 * 400)
        #expect(comesBack { node.library.blockMemory.inUse })
        var pieces = raw.pieces
        var count: UInt64 = 0
        while let piece = try pieces.next() { count += UInt64(piece.bytes.count) }
        #expect(count == 1500 * 20_000 - 15_000 && raw.contentLength == count)
        #expect(comesBack { node.library.blockMemory.inUse })
    }
}
