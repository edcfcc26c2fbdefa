import Buffers
import Execution
import HTTP
import HTTPClient
import TestSupport

/// One request of an honest client.
struct HonestRequest: Sendable {
    enum Surface: Sendable { case gateway, rpc }

    let surface: Surface
    let method: HTTP.Method
    let target: String
    var fields: Fields = [:]
    var body: Bytes?

    init(_ surface: Surface, _ method: HTTP.Method, _ target: String, fields: Fields = [:]) {
        self.surface = surface
        self.method = method
        self.target = target
        self.fields = fields
    }

    /// An `add` of one file.
    static func adding(_ content: Bytes) -> HonestRequest {
        let boundary = "honest"
        var form = ByteWriter(capacity: content.count + 200)
        form.append(utf8: "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; ")
        form.append(utf8: "filename=\"f\"\r\nContent-Type: application/octet-stream\r\n\r\n")
        form.append(content)
        form.append(utf8: "\r\n--\(boundary)--\r\n")
        var request = HonestRequest(.rpc, .post, "/api/v0/add?progress=false")
        request.fields["Content-Type"] = "multipart/form-data; boundary=\(boundary)"
        request.body = form.finish()
        return request
    }
}

/// A client that does what it is told: where it is asked to come again, it does so. All that it asks
/// for may be done twice.
struct HonestClient: Sendable {
    /// How often a request is sent again after a 503 or 429.
    private static let retriesMax = 20

    private let gateway: HTTPClient
    private let rpc: HTTPClient
    private let retries = RetryCount()

    final class RetryCount: Sendable {
        let count = Locked(0)
    }

    init(_ node: RunningNode) {
        gateway = HTTPClient(.tcp(host: "127.0.0.1", port: node.gatewayPort))
        rpc = HTTPClient(.tcp(host: "127.0.0.1", port: node.rpcPort))
    }

    /// How often it was asked to come again.
    var retryCount: Int { retries.count.withLock { $0 } }

    /// - Throws: when the connection fails, however many others there are; when it was asked to come
    ///   again too often, or without being told when.
    func answer(to request: HonestRequest) throws -> ClientAnswer {
        for _ in 0...Self.retriesMax {
            let message = ClientRequest(
                request.method, request.target, fields: request.fields,
                body: request.body.map { .bytes($0) } ?? .none, deadline: .after(.seconds(120)))
            let answer: ClientAnswer
            do {
                answer = try (request.surface == .gateway ? gateway : rpc).fetch(message)
            } catch {
                throw Refused(
                    why: "\(request.surface) \(request.method) \(request.target.prefix(100)): "
                        + error.message)
            }
            guard answer.status.code == 503 || answer.status.code == 429 else { return answer }
            guard let seconds = answer.fields["Retry-After"].flatMap({ Int($0) }) else {
                throw Refused(why: "\(answer.status) without Retry-After")
            }
            retries.count.withLock { $0 += 1 }
            pause(for: .seconds(min(seconds, 2)))
        }
        throw Refused(why: "refused \(Self.retriesMax) times")
    }

    struct Refused: Error, CustomStringConvertible {
        let why: String
        var description: String { why }
    }
}
