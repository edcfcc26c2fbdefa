package import Execution
package import HTTP

/// One request, from the moment its header section has arrived.
///
/// Belongs to the thread of its connection and to one exchange: it must not be kept beyond the
/// answer. Header fields are read from the connection only when somebody asks for them.
package final class Request {
    /// The method as it was sent.
    package let method: Method

    /// The target, taken apart and not decoded.
    package let requestTarget: RequestTarget

    /// Where the request came from, for logs and limits per client: an IP address, or `unix` or
    /// `in-process`.
    package let peer: String

    /// Who counts as one client, in short: for taking turns. An IPv4 address, or the /64 of an IPv6 address;
    /// nil where a proxy may speak for many: on this machine, and where one client may have all connections.
    package let client: Int?

    /// The name of the listener that took the connection.
    package let listenerName: String

    /// When the whole exchange must be over.
    package let deadline: Deadline

    /// Tells whether the client still waits. For long work without output, and for threads that work
    /// for this request: unlike the request itself it may be kept, and used from any thread.
    package let liveness: Liveness

    private let connection: RequestConnection?
    private var knownFields: Fields?

    /// A request without a connection, for tests and for handlers that call others.
    ///
    /// - Parameters:
    ///   - method: the method.
    ///   - target: what would stand in the request line.
    ///   - fields: the header fields.
    ///   - peer: an address as in `peer`.
    ///   - deadline: when the whole exchange must be over.
    /// - Throws: `HTTPError` for a target of no known form.
    package convenience init(
        _ method: Method, _ target: String, fields: Fields = [:], peer: String = "127.0.0.1",
        deadline: Deadline = .never
    ) throws(HTTPError) {
        self.init(
            method: method, requestTarget: try RequestTarget(parsing: target, method: method),
            peer: peer, client: nil, listenerName: "test", deadline: deadline,
            liveness: Liveness(), connection: nil, fields: fields)
    }

    init(
        method: Method, requestTarget: RequestTarget, peer: String, client: Int?,
        listenerName: String, deadline: Deadline, liveness: Liveness,
        connection: RequestConnection?, fields: Fields? = nil
    ) {
        self.method = method
        self.requestTarget = requestTarget
        self.peer = peer
        self.client = client
        self.listenerName = listenerName
        self.deadline = deadline
        self.liveness = liveness
        self.connection = connection
        knownFields = fields
    }

    /// The path of the target, not decoded.
    package var path: String { requestTarget.path }

    /// The query of the target byte for byte, without its question mark; nil without one.
    package var query: Substring? { requestTarget.query }

    /// The names and values of the query. A copy of the text on each use: keep it.
    package var queryItems: QueryItems { QueryItems(parsing: requestTarget.query) }

    /// The header fields.
    package var fields: Fields {
        if let knownFields { return knownFields }
        let fields = connection?.readFields() ?? [:]
        knownFields = fields
        return fields
    }

    /// The length that `Content-Length` announces; nil for a chunked body and for none at all.
    package var contentLength: UInt64? { fields["Content-Length"].flatMap { UInt64($0) } }
}
