import Buffers
import HTTP

/// One call of a command over the RPC.
struct RPCRequest {
    /// The words of the command.
    let words: [String]
    var arguments: [Bytes] = []
    var options: [(name: Bytes, value: Bytes)] = []
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
            arguments.map { (Bytes("arg"), $0) } + options.map { ($0.name, $0.value) }
            + [("encoding", "json"), ("stream-channels", "true")]
        let query = items.map { name, value in
            PercentCoding.encode(name, keeping: .unreserved) + "="
                + PercentCoding.encode(value, keeping: .unreserved)
        }
        return "/api/v0/" + words.joined(separator: "/") + "?" + query.joined(separator: "&")
    }

    /// The call in the form in which a node takes it: arguments that are too long for a target go
    /// into the body, all of them, so that they stay in order.
    ///
    /// - Throws: `UsageError` for a long list with an argument that cannot stand on a line.
    func fitting() throws(UsageError) -> RPCRequest {
        guard body == nil, arguments.count > 1, target.utf8.count > Limits.targetByteCountMax
        else { return self }
        for (index, argument) in arguments.enumerated() {
            guard !argument.isEmpty, !argument.contains(UInt8(ascii: "\n")),
                argument.last != UInt8(ascii: "\r")
            else {
                throw UsageError(
                    "argument \(index + 1) \(argument.isEmpty ? "is empty" : "has a line break"), "
                        + "and a list of \(arguments.count) arguments is sent one a line: give it "
                        + "in a call of its own", words: words)
            }
        }
        var request = self
        request.arguments = []
        request.body = ArgumentsBody(arguments)
        return request
    }
}

/// The body of a call, made while it is sent.
protocol RPCBody: AnyObject {
    /// The whole header value.
    var contentType: String { get }

    /// The next piece, or nil at the end. An error breaks the call off.
    func next() throws -> Bytes?
}
