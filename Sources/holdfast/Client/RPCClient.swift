import Buffers
import Execution
import HTTP
import HTTPClient
import JSON
import Node

/// Calls the commands of a node.
///
/// The node may be far away, on this machine, or in this very process: it is the same code on both
/// sides of a socket.
///
/// - Spec: `Docs/decisions/0007-the-command-line-is-an-rpc-client.md`; Kubo RPC API v0.
final class RPCClient {
    private let http: HTTPClient
    private var fields: Fields

    /// Calls a node at an address.
    ///
    /// - Parameters:
    ///   - address: where it listens.
    ///   - secret: a bearer token or `basic:user:password`.
    init(_ address: NodeAddress, secret: String?) {
        fields = ["User-Agent": "holdfast-cli/\(Version.current)"]
        switch address {
        case .tcp(let host, let port, let basePath):
            http = HTTPClient(.tcp(host: host, port: port, basePath: basePath))
        case .unix(let path):
            http = HTTPClient(.unix(path: path))
        }
        if let secret { fields["Authorization"] = Self.authorization(secret) }
    }

    /// Calls a node in this process.
    ///
    /// - Parameter connect: makes a connected socket.
    init(connectingBy connect: @escaping @Sendable () throws -> Int32) {
        fields = ["User-Agent": "holdfast-cli/\(Version.current)"]
        http = HTTPClient(.inProcess(connect))
    }

    /// Calls a command that answers with JSON values.
    ///
    /// - Parameters:
    ///   - request: the call.
    ///   - onValue: gets each value, and its text.
    /// - Throws: what the node says is wrong, or what `onValue` throws.
    func values(
        _ request: RPCRequest, onValue: (JSONValue, [UInt8]) throws -> Void
    ) throws {
        var lines = LineSplitter()
        func take(_ line: [UInt8]) throws { try onValue(try Self.value(line), line) }
        try bytes(request) { try lines.feed($0, take) }
        try lines.finish(take)
    }

    /// Calls a command that answers with JSON values, and hands their lines on as they come.
    ///
    /// - Parameters:
    ///   - request: the call.
    ///   - onValue: gets the value of each line that is short enough to be looked at.
    ///   - onPart: gets the lines with their newlines, a long one in parts.
    /// - Throws: what the node says is wrong, or what the two throw.
    func lines(
        _ request: RPCRequest, onValue: (JSONValue) throws -> Void,
        onPart: (Bytes) throws -> Void
    ) throws {
        var passage = LinePassage()
        func check(_ line: [UInt8]) throws { try onValue(try Self.value(line)) }
        try bytes(request) { try passage.feed($0, check: check, pass: onPart) }
        try passage.finish(check: check, pass: onPart)
    }

    /// Calls a command that answers with JSON objects in which long lists are.
    ///
    /// - Parameters:
    ///   - request: the call.
    ///   - shape: of each object.
    ///   - onEvent: gets what is in them while they arrive.
    /// - Throws: what the node says is wrong, or what `onEvent` throws.
    func walk(
        _ request: RPCRequest, _ shape: JSONShape, onEvent: (JSONStream.Event) throws -> Void
    ) throws {
        var stream = JSONStream(
            shape, elementByteCountMax: Limits.answerElementByteCountMax,
            valueByteCountMax: Limits.answerValueByteCountMax)
        var (type, message): (String?, String?) = (nil, nil)
        func take(_ event: JSONStream.Event) throws {
            switch event {
            case .value(_, let place) where place.depth == 0: throw NodeError.without("an object")
            case .value(let value, let place) where place.depth == 1:
                // A container of the shape comes out whole only where it is none. Go writes null for
                // one that is empty.
                if let name = place.name, shape.takesApart(name), value != .null {
                    throw NodeError.without("what it lists in \"\(name)\"")
                }
                if place.name == "Type" { type = value.text }
                if place.name == "Message" { message = value.text }
            case .end(depth: 0):
                if type == "error", let message { throw NodeError.told(message) }
                (type, message) = (nil, nil)
            default: break
            }
            try onEvent(event)
        }
        do {
            try bytes(request) { try stream.feed($0, take) }
            try stream.finish(take)
        } catch {
            guard error is JSONStreamError || error is JSONError else { throw error }
            throw NodeError.unreadable(error)
        }
    }

    /// Reads one value of a stream, in the end of which an error may stand.
    private static func value(_ line: [UInt8]) throws(NodeError) -> JSONValue {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.read(line, valueByteCountMax: Limits.answerValueByteCountMax)
        } catch {
            throw .unreadable(error)
        }
        if value["Type"]?.text == "error", let message = value["Message"]?.text {
            throw .told(message)
        }
        return value
    }

    /// Calls a command that answers with bytes.
    ///
    /// - Parameters:
    ///   - request: the call.
    ///   - showTheirEnd: whether the bytes themselves tell that all of them are there.
    ///   - onHead: gets the header fields of a success.
    ///   - onPiece: gets the bytes, piece by piece.
    /// - Throws: what the node says is wrong, or what the two throw; also at the end of an answer that
    ///   may not be whole, or is nothing where there has to be something.
    func bytes(
        _ request: RPCRequest, showTheirEnd: Bool = false,
        onHead: (Fields) throws -> Void = { _ in }, onPiece: (Bytes) throws -> Void
    ) throws {
        var status = Status.ok
        var hasEndMark = false
        var isEmpty = true
        var refusal = ShortAnswer()
        let trailers = try send(
            clientRequest(
                try request.fitting { try isHoldfast(within: request.timeout) }),
            onHead: { code, fields in
                status = code
                hasEndMark = fields.markBodyEnd
                if code == .ok { try onHead(fields) }
            },
            onBody: { piece in
                if status == .ok {
                    isEmpty = isEmpty && !Self.saysSomething(piece)
                    try onPiece(piece)
                } else {
                    try refusal.take(piece)
                }
            })
        guard status == .ok else {
            throw Self.error(status, refusal.takeBytes(), request)
        }
        // Without a text it is no error: clients written in Go see none either.
        if let message = trailers["X-Stream-Error"], !message.isEmpty { throw NodeError(message) }
        guard hasEndMark || showTheirEnd else { throw Self.noEndMark }
        guard !isEmpty || request.mayAnswerNothing else { throw Self.nothing }
    }

    /// Kubo and Holdfast end every answer with a length or a last chunk.
    private static let noEndMark = NodeError(
        "the answer ended without its end: the connection was closed, and nothing tells whether all of "
            + "it has come; a proxy before the node may be the reason: call the node directly, or let "
            + "the proxy pass HTTP/1.1 on as it is")

    private static let isTooSlow = NodeError(
        "context deadline exceeded: the node has not answered within --timeout")

    private static let nothing = NodeError(
        "the node has answered with nothing, so it may have done nothing: check the address, "
            + "something else may listen there")

    /// Blank lines are no answer.
    private static func saysSomething(_ piece: Bytes) -> Bool {
        piece.withByteSpan { span in
            for index in 0..<span.count {
                switch span[index] {
                case 0x20, 0x09, 0x0A, 0x0D: continue
                default: return true
                }
            }
            return false
        }
    }

    /// Asks for a page of the node that is not part of the RPC.
    ///
    /// - Parameters:
    ///   - path: such as `/readyz`.
    ///   - timeout: how long the node may take, if that is limited.
    /// - Returns: the status and the text.
    func page(_ path: String, timeout: Duration? = nil) throws -> (Status, String) {
        var status = Status.ok
        var body = ShortAnswer()
        var request = ClientRequest(.get, path)
        request.fields = fields
        request.deadline = RPCRequest.deadline(for: timeout)
        _ = try send(
            request, onHead: { code, _ in status = code }, onBody: { try body.take($0) })
        return (status, body.takeBytes().displayText)
    }

    /// Asks the node what it is.
    ///
    /// - Parameter timeout: that of the call it is asked for.
    private func isHoldfast(within timeout: Duration?) throws -> Bool {
        var commit = ""
        var request = RPCRequest(["version"])
        request.timeout = timeout
        try values(request) { value, _ in commit = value["Commit"]?.text ?? "" }
        return commit.hasPrefix("holdfast-")
    }

    private func clientRequest(_ request: RPCRequest) -> ClientRequest {
        var result = ClientRequest(.post, request.target)
        result.fields = fields
        result.deadline = RPCRequest.deadline(for: request.timeout)
        if let body = request.body {
            result.fields["Content-Type"] = body.contentType
            result.body = .producer(
                { try body.next() }, isReady: { try body.isReady(within: $0) })
        }
        return result
    }

    /// Errors of our own callbacks come out as they are; those of the transfer say what to do. An answer
    /// that is read no further has no trailers.
    private func send(
        _ request: ClientRequest, onHead: (Status, Fields) throws -> Void,
        onBody: (Bytes) throws -> Void
    ) throws -> Fields {
        do {
            return try http.send(request, onHead: onHead, onBody: onBody)
        } catch {
            if error.cause is ShortAnswer.IsFull { return Fields() }
            // Only --timeout gives a call a deadline. A node that keeps it says the same.
            if error.code == .timedOut, request.deadline.instant != nil { throw Self.isTooSlow }
            throw error.cause ?? error
        }
    }

    private static func error(
        _ status: Status, _ body: Bytes, _ request: RPCRequest
    ) -> NodeError {
        if status == .notFound {
            return NodeError(
                "the node does not know the command \"\(request.words.joined(separator: " "))\"")
        }
        if let value = try? JSONReader.read(body), let message = value["Message"]?.text {
            return .told(message)
        }
        // What is cut at its limit may end within a character.
        let text = body.displayText.trimmingBlanks
        return NodeError(text.isEmpty ? "the node answered with status \(status)" : text)
    }

    /// Kubo's forms: `bearer:<token>`, `<token>`, `basic:<user>:<password>`, `basic:<base64>`.
    static func authorization(_ secret: String) -> String {
        if secret.hasPrefix("bearer:") { return "Bearer " + secret.dropFirst(7) }
        guard secret.hasPrefix("basic:") else { return "Bearer " + secret }
        let rest = String(secret.dropFirst(6))
        return "Basic " + (rest.contains(":") ? Base64.encode(Array(rest.utf8)) : rest)
    }
}
