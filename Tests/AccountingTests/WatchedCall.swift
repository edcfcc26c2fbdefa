import Execution
import HTTPServer
import Synchronization
import TestSupport
import Testing

/// A node with content, and one request for it.
final class WatchedCall: Sendable {
    let node: AccountedNode
    private let content: LargeNodes.Names
    private let request: String
    private let isBroken = Atomic(false)

    init(_ request: String) throws {
        self.request = request
        node = try AccountedNode()
        content = try LargeNodes(in: node.library).names
        if request.contains("pin/") || request.contains("repo/"), !request.contains("pin/add") {
            _ = try node.answer("/api/v0/pin/add?arg=" + content.root) { _ in }
        }
    }

    /// Asks, and reads the answer, which has to be one.
    func run(afterPiece: (any BodySource) -> Void) throws -> (status: Int, byteCount: Int) {
        let path = request.replacing("*name", with: content.entry)
        let target: String
        if path.contains("*") {
            target = path.replacing("*cbor", with: content.list)
                .replacing("*words", with: content.words).replacing("*deep", with: content.deep)
        } else if path.hasPrefix("/api/v0/") {
            target = path.replacing("arg=", with: "arg=" + content.root)
        } else {
            target = content.root + (path.hasPrefix("?") ? "" : "/") + path
        }
        let answer = try node.answer(
            (path.hasPrefix("/api/") ? "" : "/ipfs/") + target, afterPiece: afterPiece)
        #expect([200, 206].contains(answer.status), "\(request)")
        #expect(answer.byteCount > 0 || request.contains("empty") || request.contains("index"))
        return answer
    }

    /// Notes what is wrong, once. What is on its way elsewhere may take a moment.
    func expect(_ sentence: String, _ isTrue: () -> Bool) {
        guard !isBroken.load(ordering: .relaxed) else { return }
        let deadline = Deadline.after(.seconds(2))
        while !isTrue() {
            guard !deadline.hasPassed else {
                isBroken.store(true, ordering: .relaxed)
                Issue.record("\(request): \(sentence)")
                return
            }
            pause(for: .microseconds(200))
        }
    }
}
