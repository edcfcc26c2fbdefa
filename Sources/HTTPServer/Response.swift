package import Buffers
package import HTTP

/// The answer to one request.
package struct Response {
    /// The status.
    package var status: Status

    /// The header fields, without those that frame the message: `Content-Length`,
    /// `Transfer-Encoding` and `Date` come from the listener.
    package var fields: Fields

    /// What follows the header section.
    package internal(set) var body: Body

    /// Whether the connection ends with this answer.
    package var closesConnection = false

    /// Puts an answer together. It stays in memory for as long as a client likes, so bytes that would keep
    /// more than themselves from being freed are copied.
    ///
    /// - Parameters:
    ///   - status: the status.
    ///   - fields: the header fields.
    ///   - body: what follows them.
    package init(_ status: Status, fields: Fields = [:], body: Body = .none) {
        self.status = status
        self.fields = fields
        self.body = if case .bytes(let bytes) = body { .bytes(bytes.detached()) } else { body }
    }

    /// Makes the first piece of a body that is made while it is sent, so that what fails at once can be
    /// answered with an error. For whoever has put the answer together, when nothing that it was made
    /// of is held any more: the first piece may have to wait for memory.
    ///
    /// - Throws: as `BodySource.prepare()`.
    package func prepareBody() throws {
        if case .source(let source, _) = body { try source.prepare() }
    }

    /// Whether the body is made while it is sent.
    var hasSource: Bool {
        if case .source = body { true } else { false }
    }

    /// A plain text for people. It may quote what strangers have written, and be shown on a terminal.
    ///
    /// - Parameters:
    ///   - status: the status.
    ///   - text: sent as UTF-8, without a newline added; what is unprintable is escaped, but for newlines
    ///     and tabs.
    /// - Returns: an answer that browsers do not try to guess about.
    package static func text(_ status: Status, _ text: String) -> Response {
        Response(
            status,
            fields: [
                "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff",
            ],
            body: .bytes(Bytes(utf8: PrintableName.forTerminal(text))))
    }
}

/// What follows the header section of an answer.
package enum Body {
    /// Nothing; `Content-Length: 0` where the status allows it.
    case none

    /// Bytes that are there already.
    case bytes(Bytes)

    /// Bytes that are made while they are sent. Without a length they are sent chunked, and may be
    /// followed by trailers.
    case source(any BodySource, length: UInt64?)

    /// The body of an answer to HEAD, which is never made; only its length is told, if it is known.
    case omitted(length: UInt64?)
}

/// Makes the bytes of an answer, piece by piece, on the connection's thread.
package protocol BodySource: AnyObject {
    /// Makes the first piece, which `next` then gives. Called at most once, before `next`.
    ///
    /// - Throws: anything.
    func prepare() throws

    /// The next piece, or nil at the end.
    ///
    /// A piece may be larger than `limit`. An empty piece is passed over.
    ///
    /// - Parameter limit: how many bytes are worth making at once.
    /// - Throws: anything. Before the first byte it is answered like what a handler throws; later
    ///   the connection is broken off, so that the client sees that the answer is not complete.
    func next(limit: Int) throws -> Bytes?

    /// Whether `reload` can give the piece again that was handed out last. If not, the piece is kept while
    /// the client takes nothing.
    var canReload: Bool { get }

    /// Is told that the client takes nothing at the moment: the source is to let go of whatever it can
    /// make again. The server has let go of the piece before if `canReload`, so its memory is free when
    /// the source says so.
    func release()

    /// The piece that was handed out last once more, byte for byte. Asked for only after `release`, if
    /// `canReload`, when the client takes bytes again.
    ///
    /// - Throws: anything; the connection is broken off then.
    func reload() throws -> Bytes

    /// Whether it holds memory that others wait for, and cannot let go of it. A client that takes nothing
    /// for a while is then told to go.
    var holdsUpOthers: Bool { get }

    /// Fields to be sent behind the last byte of a chunked answer. Asked for after `next` gave nil.
    var trailers: Fields { get }

    /// Releases what the source holds. Called once, after the last byte or when the connection
    /// broke.
    func close()
}

extension BodySource {
    package func prepare() throws {}
    package var canReload: Bool { false }
    package func release() {}

    package func reload() throws -> Bytes {
        throw HTTPServerError(
            code: .system, message: "a source was asked for a piece that it had not let go of")
    }

    package var holdsUpOthers: Bool { false }
    package var trailers: Fields { [:] }
    package func close() {}
}
