import Buffers
import Execution
import HTTP
import HTTPClient
import TestSupport

/// Honest clients at work, and what became of it.
final class HonestLoad: Sendable {
    /// A file that was added meanwhile and acknowledged.
    struct Added: Sendable {
        let cid: String
        let bytes: Bytes
    }

    private struct Outcome {
        var answerCount = 0
        var problems: [String] = []
        var added: [Added] = []
    }

    private let content: HonestContent
    private let client: HonestClient
    private let outcome = Locked(Outcome())

    init(_ content: HonestContent, _ node: RunningNode) {
        self.content = content
        client = HonestClient(node)
    }

    /// Answers that were right.
    var answerCount: Int { outcome.withLock { $0.answerCount } }
    /// Answers that were wrong, and requests without an answer.
    var problemCount: Int { outcome.withLock { $0.problems.count } }
    /// What was wrong, the first few.
    var problems: [String] { outcome.withLock { Array($0.problems.prefix(10)) } }
    /// What the node has acknowledged.
    var added: [Added] { outcome.withLock { $0.added } }
    /// How often the node asked to come again.
    var retryCount: Int { client.retryCount }

    /// Sends one request after the other until the time has passed.
    func run(until deadline: Deadline, _ random: SeededRandom) {
        var random = random
        while !deadline.hasPassed {
            let problem: String?
            do {
                problem = try step(&random)
            } catch {
                problem = "\(error)"
            }
            outcome.withLock { outcome in
                if let problem {
                    outcome.problems.append(problem)
                } else {
                    outcome.answerCount += 1
                }
            }
        }
    }

    /// - Returns: what was wrong with the answer.
    private func step(_ random: inout SeededRandom) throws -> String? {
        let file = content.files[random.below(content.files.count)]
        switch random.below(8) {
        case 0, 1: return try whole(file)
        case 2, 3: return try range(of: file, &random)
        case 4: return try cat(file, &random)
        case 5: return try add(random.bytes(1 + random.below(600_000)))
        case 6: return try question(content.questions[random.below(content.questions.count)])
        default: return try pin(of: content.roots[random.below(content.roots.count)])
        }
    }

    private func whole(_ file: HonestContent.HonestFile) throws -> String? {
        let answer = try client.answer(to: HonestRequest(.gateway, .get, "/ipfs/\(file.path)"))
        return verdict(answer, .ok, file.bytes, "GET \(file.path)")
    }

    private func range(
        of file: HonestContent.HonestFile, _ random: inout SeededRandom
    ) throws -> String? {
        guard file.bytes.count > 1 else { return nil }
        let (start, end) = span(of: file, &random)
        let request = HonestRequest(
            .gateway, .get, "/ipfs/\(file.path)", fields: ["Range": "bytes=\(start)-\(end - 1)"])
        let answer = try client.answer(to: request)
        return verdict(
            answer, .partialContent, file.bytes[start..<end], "GET \(start)-\(end) \(file.path)")
    }

    private func cat(
        _ file: HonestContent.HonestFile, _ random: inout SeededRandom
    ) throws -> String? {
        let (start, end) = span(of: file, &random)
        let target = "/api/v0/cat?offset=\(start)&length=\(end - start)&arg=\(file.path)"
        let answer = try client.answer(to: HonestRequest(.rpc, .post, target))
        return verdict(answer, .ok, file.bytes[start..<end], target)
    }

    private func span(
        of file: HonestContent.HonestFile, _ random: inout SeededRandom
    ) -> (start: Int, end: Int) {
        guard !file.bytes.isEmpty else { return (0, 0) }
        let start = random.below(file.bytes.count)
        return (start, start + 1 + random.below(file.bytes.count - start))
    }

    private func add(_ bytes: Bytes) throws -> String? {
        let answer = try client.answer(to: .adding(bytes))
        let text = answer.body.utf8Text ?? ""
        guard answer.status == .ok, let mark = text.firstRange(of: "\"Hash\":\"") else {
            return "add: \(answer.status) \(text.prefix(200))"
        }
        let cid = String(text[mark.upperBound...].prefix { $0 != "\"" })
        // All of them are kept for the restart; the bytes of some hundreds fit.
        outcome.withLock { outcome in
            if outcome.added.count < 300 { outcome.added.append(Added(cid: cid, bytes: bytes)) }
        }
        let read = try client.answer(to: HonestRequest(.gateway, .get, "/ipfs/\(cid)"))
        return verdict(read, .ok, bytes, "GET \(cid), just added")
    }

    private func question(_ question: HonestContent.Question) throws -> String? {
        let answer = try client.answer(to: question.request)
        return verdict(answer, .ok, question.answer, question.request.target)
    }

    private func pin(of root: String) throws -> String? {
        let target = "/api/v0/pin/ls?type=recursive&arg=\(root)"
        let answer = try client.answer(to: HonestRequest(.rpc, .post, target))
        return answer.body.utf8Text?.contains("recursive") == true ? nil : "\(target): not pinned"
    }

    private func verdict(
        _ answer: ClientAnswer, _ status: Status, _ bytes: Bytes, _ what: String
    ) -> String? {
        if answer.status == status, answer.body == bytes { return nil }
        let start = answer.body.prefix(100).utf8Text ?? ""
        return "\(what): \(answer.status), \(answer.body.count) of \(bytes.count) bytes: \(start)"
    }
}
