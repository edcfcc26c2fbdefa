import Buffers
import Content
import Execution
import HTTP
import Testing

@testable import KuboRPC

/// What an add keeps for its answer.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct AddOutputTests {
    private let node: TestNode

    init() throws { node = try TestNode() }

    /// What parts say of modes and times is part of their entries: readers have the memory for walks.
    @Test func anAddNeedsNoMemoryOfWalks() throws {
        let (walk, reserve) = (node.library.stateMemory.budget, node.library.stateMemory.reserve)
        #expect(walk.tryAcquire(walk.limit) && reserve.tryAcquire(reserve.limit))
        let parts = (0..<2_000).map { number in
            Part(
                name: "file?mode=0640&mtime=\(number + 1)",
                filename: "top%2F\(number % 20)%2F\(number)", content: [7])
        }
        let answer = try node.upload("add?recursive=true", parts)
        #expect(answer.status == 200 && answer.isComplete)
        let lines = try AnyJSON.lines(answer.text)
        #expect(lines.count == 2_000 + 20 + 1)
        #expect(answer.text.contains("\"Mtime\":28}\n"))
        #expect(lines.count { $0["Mode"]?.text == "0640" } == 2_000)
        walk.release(walk.limit)
        reserve.release(reserve.limit)
    }
}
