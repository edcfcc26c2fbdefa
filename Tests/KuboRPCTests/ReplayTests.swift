import Testing

@testable import KuboRPC

/// Real clients' requests in their order, against a fresh node: Kubo's answers come back.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct ReplayTests {
    @Test(arguments: ["kubo-rpc-cli.ndjson", "kubo-rpc-cluster.ndjson", "kubo-rpc-js.ndjson"])
    func recordedExchangesGiveTheRecordedAnswers(recording: String) throws {
        let node = try TestNode()
        for (index, exchange) in try Exchange.all(of: recording).enumerated() {
            let answer = try node.replay(exchange)
            let problem = try Comparison(exchange, answer).problem
            #expect(problem == nil, "\(recording) \(index): \(exchange.target)")
        }
    }
}

extension TestNode {
    fileprivate func replay(_ exchange: Exchange) throws -> RawAnswerMessage {
        let framing = ["content-length", "transfer-encoding", "connection", "host"]
        let headers = exchange.request.headers.filter { !framing.contains($0[0].lowercased()) }
            .map { ($0[0], $0[1]) }
        return try call(exchange.target, headers: headers, body: exchange.sentBody)
    }
}

/// One recorded answer beside ours.
private struct Comparison {
    let exchange: Exchange
    let answer: RawAnswerMessage
    let rule: ReplayRule?

    init(_ exchange: Exchange, _ answer: RawAnswerMessage) {
        self.exchange = exchange
        self.answer = answer
        rule = ReplayRule.rule(for: exchange)
    }

    /// What is wrong, or nil.
    var problem: String? {
        get throws {
            switch rule {
            case .notServed, .comesLater:
                return answer.status == 404 && answer.text == "404 page not found\n"
                    ? nil : "not a 404: \(answer.status) \(answer.text)"
            case .refused(let status):
                return answer.status == status ? nil : "status \(answer.status)"
            default: return try frameProblem ?? bodyProblem
            }
        }
    }

    private var frameProblem: String? {
        guard answer.status == exchange.response.status, answer.isComplete else {
            return "status \(answer.status), complete \(answer.isComplete): \(answer.text)"
        }
        let names = ["Content-Type", "X-Chunked-Output", "X-Stream-Output", "X-Content-Length"]
        for name in names where answer.field(name) != exchange.answerField(name) {
            return "\(name): \(answer.field(name) ?? "none")"
        }
        if answer.status == 200, answer.field("Trailer") != "X-Stream-Error" { return "no Trailer" }
        return nil
    }

    private var bodyProblem: String? {
        get throws {
            let expected = exchange.response.body?.bytes ?? []
            if answer.body == expected { return nil }
            if case .headersOnly? = rule { return nil }
            if case .sameStatus? = rule { return nil }
            guard let rule else { return "body: \(answer.text)" }
            let ours = try AnyJSON.lines(answer.text)
            let theirs = try AnyJSON.lines(String(decoding: expected, as: UTF8.self))
            return isAlike(ours, theirs, by: rule) ? nil : "body: \(ours) instead of \(theirs)"
        }
    }

    private func isAlike(_ ours: [AnyJSON], _ theirs: [AnyJSON], by rule: ReplayRule) -> Bool {
        switch rule {
        case .sameFields: return theirs.isEmpty || ours.map(\.keys) == theirs.map(\.keys)
        case .sameKindOfLines: return ours.last == theirs.last && ours[0].keys == theirs[0].keys
        case .lastLine: return ours.last == theirs.last
        case .withoutMetadata:
            let names: Set<String> = ["Mode", "Mtime", "MtimeNsecs"]
            return ours.map { $0.without(names) } == theirs.map { $0.without(names) }
        case .sameSet: return set(of: ours) == set(of: theirs)
        default: return false
        }
    }

    /// The entries of a listing in a fixed order, whether it is one value or many lines.
    private func set(of values: [AnyJSON]) -> [String] {
        let entries = values.flatMap { value -> [String] in
            if case .object(let keys)? = value["Keys"] {
                return keys.map { "\($0.key) \($0.value)" }
            }
            return ["\(value)"]
        }
        return entries.filter { entry in
            !ReplayRule.missingCIDs.contains { entry.contains($0) }
        }.sorted()
    }
}
