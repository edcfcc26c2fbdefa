import Buffers
import HTTP

/// One call of a command over the RPC.
struct RPCRequest {
    /// The words of the command.
    let words: [String]
    var arguments: [String] = []
    var options: [(name: String, value: String)] = []
    /// The body as a multipart form; nil for a call without one.
    var body: (any RPCBody)?

    /// The call that an invocation asks for.
    init(_ invocation: Invocation) {
        words = invocation.command.words
        arguments = invocation.arguments
        options = invocation.sentOptions
    }

    init(_ words: [String]) { self.words = words }

    /// Path and query: `/api/v0/pin/add?arg=…&encoding=json&…`.
    var target: String {
        let items =
            arguments.map { ("arg", $0) } + options.map { ($0.name, $0.value) }
            + [("encoding", "json"), ("stream-channels", "true")]
        let query = items.map { name, value in
            PercentCoding.encode(name, keeping: .unreserved) + "="
                + PercentCoding.encode(value, keeping: .unreserved)
        }
        return "/api/v0/" + words.joined(separator: "/") + "?" + query.joined(separator: "&")
    }
}

/// The body of a call, made while it is sent.
protocol RPCBody: AnyObject {
    /// The whole header value.
    var contentType: String { get }

    /// The next piece, or nil at the end. An error breaks the call off.
    func next() throws -> Bytes?
}
