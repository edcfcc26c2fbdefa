import Buffers
import FoundationEssentials
import TestSupport

/// One exchange of the recorded conformance suite.
struct Transcript: Decodable, Sendable {
    struct Request: Decodable, Sendable {
        let line: String
        let headers: [[String]]
    }

    struct Answer: Decodable, Sendable {
        let status: Int
        let headers: [[String]]
        let body: Body
    }

    struct Body: Decodable, Sendable {
        let length: Int?
        let sha256: String?
        let text: String?
        let base64: String?
        let generated_page: Bool?
        let cut_to: Int?
    }

    let test: String
    let request: Request
    let response: Answer

    var method: String { String(request.line.split(separator: " ")[0]) }
    var target: String { String(request.line.split(separator: " ")[1]) }

    /// All exchanges of tests whose names begin with one of the given words.
    static func all(of tests: [String]) -> [Transcript] {
        let lines = (try? Fixture.lines("gateway-transcripts.ndjson")) ?? []
        let decoder = JSONDecoder()
        let all = lines.compactMap { try? decoder.decode(Transcript.self, from: Data($0.utf8)) }
        return all.filter { line in
            let name = line.test.prefix { $0 != "/" }
            return tests.contains {
                $0 == name || ($0.hasSuffix("*") && name.hasPrefix($0.dropLast()))
            }
        }
    }
}
