package import Buffers

/// What a handler decides when the header section is there.
package enum Reception {
    /// Answers at once. A short body of known length is read and dropped before the answer, unless the
    /// answer is made while it is sent; any other body ends the connection behind the answer.
    case respond(Response)

    /// Takes the body, piece by piece; the answer comes from `BodyReceiver.finish`.
    case receive(any BodyReceiver)
}

/// Decides about one request. Runs on the connection's own thread and may block.
///
/// A thrown `Answerable` becomes its own answer; any other error becomes a plain 500, and its text
/// goes to the log only.
package typealias Handler = @Sendable (Request) throws -> Reception

/// Takes the body of one request.
///
/// All calls come from the connection's own thread and may block, which is the back-pressure. An
/// error that is thrown becomes the answer, as with a handler, and nothing more of the body is
/// handed over.
package protocol BodyReceiver: AnyObject {
    /// Takes the next piece; never an empty one.
    func receive(_ piece: Bytes) throws

    /// Is told that the client has sent nothing for `Limits.stallDuration` although the body has not
    /// ended: what others need, such as a share of a budget, is to be let go of until the next piece
    /// comes. Called once per stall, and behind everything that has arrived; where a client sends
    /// hardly anything, behind each piece.
    func pause()

    /// Bytes of memory that the receiver keeps through a pause while others wait for some of it; 0 where nobody
    /// does. Where they have waited for long, an upload that does not keep up a pace that goes with that is
    /// broken off.
    var heldUpByteCount: Int { get }

    /// Answers, after the last piece. An empty body comes here at once.
    func finish() throws -> Response

    /// Is told that the body broke off, or that `receive` threw: `finish` will not be called.
    func abandon()
}

extension BodyReceiver {
    package var heldUpByteCount: Int { 0 }
    package func pause() {}
    package func abandon() {}
}

/// Collects a small body into one piece.
package final class CollectingReceiver: BodyReceiver {
    private var writer = ByteWriter()
    private let limit: Int
    private let answer: (Bytes) throws -> Response

    /// Collects up to a limit.
    ///
    /// - Parameters:
    ///   - limit: bytes; a longer body is answered with 413.
    ///   - answer: gets the whole body.
    package init(limit: Int, answer: @escaping (Bytes) throws -> Response) {
        self.limit = limit
        self.answer = answer
    }

    package func receive(_ piece: Bytes) throws {
        guard writer.count + piece.count <= limit else { throw ContentTooLarge(limit: limit) }
        writer.append(piece)
    }

    package func finish() throws -> Response { try answer(writer.takeBytes()) }
}
