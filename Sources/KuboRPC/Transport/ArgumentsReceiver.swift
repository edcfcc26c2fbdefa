import Buffers
import HTTP
import HTTPServer

/// Reads arguments from the first part of a multipart body, one a line, and then answers.
final class ArgumentsReceiver: BodyReceiver {
    private var call: Call
    private let common: Fields
    private let answer: (Call) throws -> Response
    private var parser: MultipartParser
    private var text = ByteWriter()
    private var isFirst = true

    init(
        _ call: Call, boundary: String, _ common: Fields,
        answer: @escaping (Call) throws -> Response
    ) throws(HTTPError) {
        self.call = call
        self.common = common
        self.answer = answer
        parser = try MultipartParser(boundary: boundary)
    }

    func receive(_ piece: Bytes) throws {
        do {
            parser.feed(piece)
            while let event = try parser.next() { try take(event) }
        } catch {
            throw AnsweredError(error, common)
        }
    }

    func finish() throws -> Response {
        do {
            try parser.finish()
            try call.take(argumentsFrom: text.takeBytes())
        } catch {
            return RPCError(error).response(common)
        }
        return try answer(call)
    }

    private func take(_ event: MultipartParser.Event) throws(RPCError) {
        switch event {
        case .part: break
        case .endOfPart: isFirst = false
        case .payload(let piece):
            guard isFirst else { return }
            guard text.count + piece.count <= Limits.argumentBytesMax else {
                throw .badRequest(
                    "more than \(Limits.argumentBytesMax) bytes of arguments: use several calls")
            }
            text.append(piece)
        }
    }
}

/// Drops a body that means nothing for the command, up to a limit, so that the connection can go on
/// after the answer.
final class IgnoringReceiver: BodyReceiver {
    private let answer: () throws -> Response
    private var byteCount = 0

    init(answer: @escaping () throws -> Response) { self.answer = answer }

    func receive(_ piece: Bytes) throws {
        byteCount += piece.count
        guard byteCount <= Limits.ignoredBodyBytesMax else {
            throw ContentTooLarge(limit: Limits.ignoredBodyBytesMax)
        }
    }

    func finish() throws -> Response { try answer() }
}
