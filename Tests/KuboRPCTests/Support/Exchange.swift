import FoundationEssentials
import TestSupport

/// One exchange of a recording: a request of a real client and Kubo's answer.
struct Exchange: Decodable {
    struct Message: Decodable {
        var line: String?
        var status: Int?
        let headers: [[String]]
        var body: Body?
    }

    struct Body: Decodable {
        let length: Int
        var text: String?
        var base64: String?
        var cut_to: Int?

        var bytes: [UInt8]? {
            if let text { return Array(text.utf8) }
            return base64.flatMap { Data(base64Encoded: $0) }.map(Array.init)
        }
    }

    let command: String?
    let request: Message
    let response: Message

    /// Reads a recording.
    static func all(of name: String) throws -> [Exchange] {
        let decoder = JSONDecoder()
        return try Fixture.lines(name).map {
            try decoder.decode(Exchange.self, from: Data($0.utf8))
        }
    }

    /// `pin/ls?type=all`, without the path in front.
    var target: String {
        let target = request.line?.split(separator: " ")[1] ?? ""
        return String(target.dropFirst("/api/v0/".count))
    }

    /// `pin/ls`.
    var name: String { String(target.split(separator: "?").first ?? "") }

    func requestField(_ name: String) -> String? { Exchange.value(of: name, in: request.headers) }
    func answerField(_ name: String) -> String? { Exchange.value(of: name, in: response.headers) }

    private static func value(of name: String, in headers: [[String]]) -> String? {
        headers.first { $0[0].lowercased() == name.lowercased() }?[1]
    }

    /// The body that was sent. Of the long ones only the frame was recorded: 700,000 zeros.
    var sentBody: [UInt8] {
        guard let body = request.body else { return [] }
        if let bytes = body.bytes { return bytes }
        let boundary = requestField("Content-Type")?.split(separator: "=").last ?? ""
        let head = """
            --\(boundary)\r
            Abspath-Encoded: %2Fhome%2Fuser%2Frpcin%2Fzeros\r
            Content-Disposition: form-data; \
            name="file?mode=0644&mtime=1795253341&mtime-nsecs=699752743"; filename="zeros"\r
            Content-Type: application/octet-stream\r
            \r\n
            """
        return Array(head.utf8) + [UInt8](repeating: 0, count: 700_000)
            + Array("\r\n--\(boundary)--\r\n".utf8)
    }
}
