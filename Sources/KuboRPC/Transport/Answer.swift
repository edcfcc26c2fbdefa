import Buffers
import Content
import JSON

/// What a command answers, before it is made into HTTP.
enum Answer {
    /// One JSON value.
    case value(JSONOutput)
    /// One JSON value that may be long, as the text of it, and what is not in it that should be: that
    /// is sent as the trailer `X-Stream-Error`, too.
    case document(ResultSpool, verdict: String? = nil)
    /// JSON values one after the other.
    case lines(any LineSource)
    /// JSON values that are there already, many perhaps, and why there are no more: as a line, and then the
    /// answer breaks off.
    case spool(ResultSpool, failure: RPCError? = nil)
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
    func next() throws -> JSONOutput?

    /// Whether `again()` gives the last value once more. A value that keeps a block is let go of where
    /// memory has to be waited for.
    var canRepeat: Bool { get }

    /// The value that was given last, once more, where `canRepeat`.
    ///
    /// - Throws: as `next()`.
    func again() throws -> JSONOutput?

    /// What went wrong although the lines are complete; sent as the trailer `X-Stream-Error`.
    var verdict: String? { get }

    /// Whether each line is sent at once, as progress must be, instead of being gathered.
    var isPrompt: Bool { get }

    /// The client takes nothing at the moment: what can be read again is to be let go of.
    func release()

    /// Nobody wants lines any more.
    func close()
}

extension LineSource {
    var verdict: String? { nil }
    var isPrompt: Bool { false }
    var canRepeat: Bool { false }
    func again() throws -> JSONOutput? { nil }
    func release() {}
    func close() {}
}

/// Lines from a closure.
final class Lines: LineSource {
    private let make: () throws -> JSONOutput?
    let isPrompt: Bool

    init(isPrompt: Bool = false, _ make: @escaping () throws -> JSONOutput?) {
        self.make = make
        self.isPrompt = isPrompt
    }

    func next() throws -> JSONOutput? { try make() }
}

/// Bytes of an answer that are not JSON.
struct RawAnswer {
    let contentType: String
    /// `X-Content-Length`: how much content there is, where that is known.
    let contentLength: UInt64?
    let pieces: any ContentPieces

    init(
        contentType: String = "text/plain", contentLength: UInt64? = nil,
        _ pieces: any ContentPieces
    ) {
        self.contentType = contentType
        self.contentLength = contentLength
        self.pieces = pieces
    }

    /// Bytes that are there already. Many of them wait in a file: they cannot be made again, and the
    /// client may take its time.
    init(made bytes: Bytes, _ access: ContentAccess) throws {
        let spool = ResultSpool(access)
        try spool.append(bytes)
        self.init(SpooledPieces(spool.pieces()))
    }
}

/// An answer that was made as a whole.
private struct SpooledPieces: ContentPieces {
    private let make: () throws -> Bytes?

    init(_ make: @escaping () throws -> Bytes?) { self.make = make }

    mutating func next() throws(ContentError) -> ContentPiece? {
        do {
            return try make().map { ContentPiece(made: $0) }
        } catch {
            throw ContentError(.storage, "\(error)", cause: error)
        }
    }

    mutating func release() {}
}
