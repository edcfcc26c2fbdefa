import Buffers
import Execution
import HTTP

/// What happens to one request and its answer while libcurl moves the bytes.
///
/// Lives on one thread. Its methods answer whether to go on; why not stands in `failure`.
final class Transfer {
    let request: ClientRequest
    let endpoint: Endpoint

    /// Set once, by what went wrong first on our side of libcurl.
    private(set) var failure: HTTPClientError?

    private let onHead: (Status, Fields) throws -> Void
    private let onBody: (Bytes) throws -> Void
    private var head = HeadParser()
    private var bodyByteCount = 0
    private var upload: Upload
    private var isPaused = false
    /// Tells libcurl to go on with the body.
    var resume: () -> Bool = { true }
    private var socket: InProcessSocket?

    init(
        _ request: ClientRequest, to endpoint: Endpoint,
        onHead: @escaping (Status, Fields) throws -> Void,
        onBody: @escaping (Bytes) throws -> Void
    ) {
        self.request = request
        self.endpoint = endpoint
        self.onHead = onHead
        self.onBody = onBody
        upload = Upload(request.body)
    }

    /// Takes one line of the head or of the trailers.
    func receive(line: String) -> Bool {
        attempt { () throws(HTTPClientError) in
            guard case .head(let status, let fields) = try event(of: line) else { return }
            guard fields.sayOneLength else { throw badLength }
            try callCaller { try onHead(status, fields) }
        }
    }

    /// Takes a piece of the body.
    func receive(body piece: Bytes) -> Bool {
        bodyByteCount += piece.count
        return attempt { () throws(HTTPClientError) in try callCaller { try onBody(piece) } }
    }

    /// Fills libcurl's buffer from the request's body.
    ///
    /// - Returns: nil to break off.
    @unsafe
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Upload.Filling? {
        var filling = Upload.Filling.notYet
        let goesOn = attempt { () throws(HTTPClientError) in
            do throws(UploadError) {
                unsafe filling = try upload.fill(buffer)
            } catch {
                throw error.asClientError
            }
        }
        guard goesOn else { return nil }
        isPaused = filling == .notYet
        return filling
    }

    /// Has libcurl ask again for a body that was not ready, once it has looked at the answer.
    func resumeIfPaused() -> Bool {
        guard isPaused else { return true }
        isPaused = false
        return resume()
    }

    /// Goes back to the body's first byte, for another connection.
    ///
    /// - Returns: whether the body can be sent again.
    func rewind() -> Bool { upload.rewind() }

    /// Makes the socket of an in-process endpoint.
    ///
    /// - Returns: what libcurl is to connect; nil to break off.
    func openSocket() -> Int32? {
        guard case .inProcess(let open) = endpoint else { return nil }
        _ = attempt { () throws(HTTPClientError) in
            do {
                socket = InProcessSocket(try open())
            } catch {
                throw HTTPClientError(
                    .connectionRefused, "cannot connect within this process: \(error)",
                    cause: error)
            }
        }
        return socket?.placeholder
    }

    /// Called when a connection stands, new or kept, before the request goes out.
    func isAboutToSend() -> Bool { socket.take()?.takePlace() ?? true }

    /// The point where a transfer ends early, asked all the time.
    func mayGoOn() -> Bool {
        guard let cancellation = request.cancellation, cancellation.isCancelled else {
            return true
        }
        return attempt { () throws(HTTPClientError) in
            throw HTTPClientError(.cancelled, "cancelled")
        }
    }

    /// The outcome, when libcurl has come back.
    ///
    /// - Parameter problem: libcurl's, nil if it is content.
    func finish(_ problem: CurlProblem?) -> Result<Fields, HTTPClientError> {
        if let failure { return .failure(failure) }
        guard let problem else {
            return head.hasHead ? .success(head.trailers) : .failure(badAnswer)
        }
        return .failure(problem.error(self, hasHead: head.hasHead, bodyByteCount: bodyByteCount))
    }

    private func event(of line: String) throws(HTTPClientError) -> HeadParser.Event {
        do throws(HeadError) {
            return try head.take(line)
        } catch {
            throw error == .tooLarge ? headTooLarge : badAnswer
        }
    }

    private func attempt(_ body: () throws(HTTPClientError) -> Void) -> Bool {
        do throws(HTTPClientError) {
            try body()
            return true
        } catch {
            if failure == nil { failure = error }
            return false
        }
    }

    private func callCaller(_ body: () throws -> Void) throws(HTTPClientError) {
        do {
            try body()
        } catch {
            throw HTTPClientError(.stopped, "stopped: \(error)", cause: error)
        }
    }

    private var headTooLarge: HTTPClientError {
        HTTPClientError(
            .headTooLarge,
            "the head of the answer of \(endpoint) is over \(Limits.headByteCountMax) bytes: "
                + "refused")
    }

    private var badLength: HTTPClientError {
        HTTPClientError(
            .badAnswer,
            "the Content-Length of the answer of \(endpoint) is not one number of bytes: where the answer "
                + "ends cannot be told")
    }

    private var badAnswer: HTTPClientError {
        HTTPClientError(
            .badAnswer,
            "\(endpoint) does not answer in HTTP/1.1: check the address, something else may "
                + "listen there")
    }
}
