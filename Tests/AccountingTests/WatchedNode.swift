import Buffers
import Execution
import HTTPServer
import Synchronization
import TestSupport
import Testing

/// A node with content, of which one thing at a time is asked.
final class WatchedNode: Sendable {
    let node: AccountedNode
    private let names: LargeNodes.Names
    private let uploads: [String: Bytes]
    private let current = Locked("")
    private let isBroken = Atomic(false)

    init() throws {
        node = try AccountedNode()
        names = try LargeNodes(in: node.library).names
        var archive = ByteWriter()
        var bytes = SeededRandom(seed: 9)
        _ = try node.answer(
            "/ipfs/\(names.root)?format=car", whenPiece: { archive.append($0) })
        let text = String(repeating: "x", count: 300_000)
        uploads = [
            "archive": archive.finish(), "bytes": bytes.bytes(700 << 10),
            "json": Bytes(utf8: "[\"\(text)\",{\"/\":\"\(names.list)\"}]"),
        ]
        _ = try node.answer("/api/v0/pin/add?arg=" + names.root)
    }

    /// Asks, and reads the answer, which has to be one.
    func run(
        _ request: WatchedRequest, afterPiece: (any BodySource) -> Void = { _ in }
    ) throws -> AccountedAnswer {
        current.withLock { $0 = request.text }
        let parts = request.text.split(separator: "<", omittingEmptySubsequences: false)
        let (path, upload) = (String(parts[0]), parts.count > 1 ? uploads[String(parts[1])] : nil)
        let ranged = path.split(separator: "#", omittingEmptySubsequences: false)
        let answer = try node.answer(
            target(String(ranged[0])), range: ranged.count > 1 ? String(ranged[1]) : nil,
            upload: upload, afterPiece: afterPiece)
        #expect([200, 206].contains(answer.status), "\(request.text)")
        return answer
    }

    private func target(_ path: String) -> String {
        let isCommand = path.hasPrefix("/api/")
        let named = path.replacing("*entry", with: names.entry)
        let text =
            named.replacing("*list", with: names.list).replacing("*words", with: names.words)
            .replacing("*deep", with: names.deep).replacing("*wide", with: names.wide)
            .replacing("*bulk", with: names.bulk)
        switch (isCommand, namesRoot: text != named) {
        case (true, true): return text
        case (true, false): return text.replacing("arg=", with: "arg=" + names.root)
        case (false, true): return "/ipfs/" + text
        case (false, false):
            return "/ipfs/" + names.root + (text.hasPrefix("?") ? "" : "/") + text
        }
    }

    /// Notes what is wrong, once. What is on its way elsewhere may take a moment; but less than the ten
    /// seconds after which who waits for memory gives up.
    func expect(_ sentence: String, _ isTrue: () -> Bool) {
        guard !isBroken.load(ordering: .relaxed) else { return }
        let deadline = Deadline.after(.seconds(6))
        while !isTrue() {
            guard !deadline.hasPassed else {
                isBroken.store(true, ordering: .relaxed)
                Issue.record("\(current.withLock { $0 }): \(sentence)")
                return
            }
            pause(for: .microseconds(200))
        }
    }
}
