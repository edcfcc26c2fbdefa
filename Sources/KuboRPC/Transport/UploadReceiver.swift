import Buffers
import Content
import Execution
import HTTP
import HTTPServer

/// Takes a multipart body apart and hands its entries to the command.
final class UploadReceiver: BodyReceiver {
    private let sink: any PartSink
    private let invocation: Invocation
    private let common: Fields
    private var parser: MultipartParser
    private var failure: (any Error)?

    init(
        _ sink: any PartSink, boundary: String, _ invocation: Invocation, _ common: Fields
    ) throws(HTTPError) {
        self.sink = sink
        self.invocation = invocation
        self.common = common
        parser = try MultipartParser(boundary: boundary)
    }

    /// The boundary of a request's multipart body.
    ///
    /// - Returns: nil without such a body.
    static func boundary(of request: Request) -> String? {
        guard let field = request.fields["Content-Type"],
            let type = try? MediaType(parsing: field), type.essence == "multipart/form-data"
        else { return nil }
        return type.parameters["boundary"]
    }

    func receive(_ piece: Bytes) throws {
        do {
            if let failure { throw failure }
            try invocation.context.checkNow()
            parser.feed(piece)
            try passEvents()
        } catch {
            throw AnsweredError(error, common)
        }
    }

    /// There is no room for an answer here: what fails is answered at the next piece or at the end. A
    /// sink that has failed is not asked again.
    func pause() {
        guard failure == nil else { return }
        do { try sink.pause() } catch { failure = error }
    }

    var heldUpByteCount: Int { invocation.heldUpByteCount }

    func finish() throws -> Response {
        do {
            if let failure { throw failure }
            try parser.finish()
        } catch {
            return RPCError(error).response(common)
        }
        do {
            let response = try sink.finish().response(common, checking: invocation)
            try response.prepareBody()
            return response
        } catch {
            return RPCError(error).response(common)
        }
    }

    private func passEvents() throws {
        while let event = try parser.next() {
            switch event {
            case .part(let part): try sink.begin(UploadedEntry(part))
            case .payload(let piece): try sink.receive(piece)
            case .endOfPart: try sink.end()
            }
        }
    }
}
