import Buffers
import Content
import Execution
import HTTP
import HTTPServer

/// Reads arguments from the first part of a multipart body, one a line, and then answers.
///
/// They wait in a file until all have come; then their memory is counted until the call ends. Calls
/// with long lists wait there for each other: all together would have more than a node may use. What
/// the body has beside them is dropped, up to a limit.
final class ArgumentsReceiver: BodyReceiver {
    private var invocation: Invocation
    private let common: Fields
    private let answer: (Invocation) throws -> Response
    private var parser: MultipartParser
    private let text: SpooledBytes
    private let memory: StateShare
    private var receivedByteCount = 0
    private var isFirst = true

    /// Prepares to read.
    ///
    /// - Parameters:
    ///   - invocation: the call without these arguments; its time has begun.
    ///   - boundary: of the body.
    ///   - common: fields of every answer.
    ///   - answer: gets the call with all arguments.
    init(
        _ invocation: Invocation, boundary: String, _ common: Fields,
        answer: @escaping (Invocation) throws -> Response
    ) throws(HTTPError) {
        self.invocation = invocation
        self.common = common
        self.answer = answer
        text = SpooledBytes(invocation.access, mayUseReserve: true)
        memory = invocation.access.makeEntryShare()
        parser = try MultipartParser(boundary: boundary)
    }

    func receive(_ piece: Bytes) throws {
        do {
            try invocation.context.checkNow()
            parser.feed(piece)
            while let event = try parser.next() { try take(event) }
        } catch {
            throw AnsweredError(error, common)
        }
        receivedByteCount += piece.count
        guard receivedByteCount - text.byteCount <= Limits.ignoredBodyBytesMax else {
            throw ContentTooLarge(limit: Limits.ignoredBodyBytesMax)
        }
    }

    func finish() throws -> Response {
        do {
            try parser.finish()
            let turn = try waitForTurn()
            try memory.require(text.byteCount)
            try invocation.context.checkNow()
            try invocation.call.take(argumentsFrom: try text.takeWhole(), in: memory, turn)
        } catch {
            return RPCError(error).response(common)
        }
        return try answer(invocation)
    }

    /// Takes what the arguments, and what is made of them, will take, while nothing of it is in memory.
    ///
    /// - Returns: to be kept for as long as they are; nil for a short list.
    private func waitForTurn() throws -> BudgetShare? {
        guard text.byteCount > Limits.shortArgumentsBytesMax else { return nil }
        return try Call.turn(for: text.byteCount * Limits.argumentCopies, invocation.access)
    }

    private func take(_ event: MultipartParser.Event) throws {
        switch event {
        case .part: break
        case .endOfPart: isFirst = false
        case .payload(let piece):
            guard isFirst else { return }
            guard text.byteCount + piece.count <= Limits.argumentBytesMax else {
                throw RPCError.badRequest(
                    "more than \(Limits.argumentBytesMax) bytes of arguments: use several calls")
            }
            try text.append(piece)
        }
    }
}
