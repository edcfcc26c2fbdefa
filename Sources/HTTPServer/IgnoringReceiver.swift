package import Buffers

/// Drops a body that means nothing, up to a limit, and answers behind it: so the connection can go on
/// after the answer, and a client that leaves meanwhile is seen.
package final class IgnoringReceiver: BodyReceiver {
    private let byteCountMax: Int
    private let answer: () throws -> Response
    private var byteCount = 0

    /// - Parameters:
    ///   - byteCountMax: a longer body is refused with 413.
    ///   - answer: called when the body has come.
    package init(byteCountMax: Int, answer: @escaping () throws -> Response) {
        self.byteCountMax = byteCountMax
        self.answer = answer
    }

    package func receive(_ piece: Bytes) throws {
        byteCount += piece.count
        guard byteCount <= byteCountMax else { throw ContentTooLarge(limit: byteCountMax) }
    }

    package func finish() throws -> Response { try answer() }
}
