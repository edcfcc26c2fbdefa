import Buffers

/// What a command answers, before it is made into HTTP.
enum Answer {
    /// One JSON value.
    case value(JSON)
    /// JSON values one after the other.
    case lines(any LineSource)
    /// JSON values that are there already, many perhaps.
    case spool(ResultSpool)
    /// Bytes as they are.
    case raw(RawAnswer)
    /// Nothing: the command succeeded.
    case nothing
}

/// Makes the lines of an answer on the connection's thread, one by one.
protocol LineSource: AnyObject {
    /// The next value, or nil at the end.
    ///
    /// - Throws: anything; the client gets it as the last line of a broken stream.
    func next() throws -> JSON?

    /// What went wrong although the lines are complete; sent as the trailer `X-Stream-Error`.
    var verdict: String? { get }

    /// Whether each line is sent at once, as progress must be, instead of being gathered.
    var isPrompt: Bool { get }

    /// Nobody wants lines any more.
    func close()
}

extension LineSource {
    var verdict: String? { nil }
    var isPrompt: Bool { false }
    func close() {}
}

/// Lines from a closure.
final class Lines: LineSource {
    private let make: () throws -> JSON?
    let isPrompt: Bool

    init(isPrompt: Bool = false, _ make: @escaping () throws -> JSON?) {
        self.make = make
        self.isPrompt = isPrompt
    }

    /// Lines that are there already.
    convenience init(_ values: [JSON]) {
        var rest = values[...]
        self.init { rest.popFirst() }
    }

    func next() throws -> JSON? { try make() }
}

/// Bytes of an answer that are not JSON.
struct RawAnswer {
    var contentType = "text/plain"
    /// `X-Content-Length`: how much content there is, where that is known.
    var contentLength: UInt64?
    /// Makes the next piece; nil at the end.
    let next: () throws -> Bytes?

    init(
        contentType: String = "text/plain", contentLength: UInt64? = nil,
        _ next: @escaping () throws -> Bytes?
    ) {
        self.contentType = contentType
        self.contentLength = contentLength
        self.next = next
    }

    /// Bytes that are there already.
    init(_ bytes: Bytes, contentType: String = "text/plain") {
        var rest: Bytes? = bytes
        self.init(contentType: contentType) {
            defer { rest = nil }
            return rest
        }
    }
}
