package import Buffers
import Execution
package import HTTP

/// The one way out: HTTP/1.1 requests to one endpoint, over libcurl.
///
/// Any number of threads may send at once; each transfer takes a handle with its connection from
/// those at rest, or makes one. Redirects are not followed, and nothing is retried, except that
/// libcurl connects anew where a resting connection turns out to be closed before anything of the answer
/// has come. It does not do so once it has begun to send a body: requests with one always connect anew.
package final class HTTPClient: Sendable {
    /// Where requests go.
    package let endpoint: Endpoint

    private let idle = Locked<[CurlHandle]>([])

    /// Prepares for an endpoint; connects with the first request.
    package init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
        CurlLibrary.start()
    }

    /// Sends a request and reads its answer, piece by piece.
    ///
    /// - Parameters:
    ///   - request: with its body or the function that makes it.
    ///   - onHead: called once, when the final head is there.
    ///   - onBody: called for each piece, up to 512 KiB.
    /// - Returns: the trailers.
    /// - Throws: what became of the transfer; `.stopped` carries what one of the functions threw.
    ///   The connection is closed then, so the other side notices.
    /// - Blocking: until the answer has ended; the functions run on the calling thread.
    @discardableResult
    package func send(
        _ request: ClientRequest,
        onHead: (Status, Fields) throws -> Void,
        onBody: (Bytes) throws -> Void
    ) throws(HTTPClientError) -> Fields {
        let lines = try RequestLines(request, endpoint: endpoint)
        let handle = take()
        let outcome = withoutActuallyEscaping(onHead) { onHead in
            withoutActuallyEscaping(onBody) { onBody in
                handle.perform(
                    Transfer(request, to: endpoint, onHead: onHead, onBody: onBody), lines: lines)
            }
        }
        if case .success = outcome { give(back: handle) }
        return try outcome.get()
    }

    /// Sends a request and keeps the answer.
    ///
    /// - Parameters:
    ///   - request: with its body or the function that makes it.
    ///   - limit: bytes of body; more is `.bodyTooLarge`. 64 MiB unless given.
    /// - Returns: the whole answer.
    package func fetch(
        _ request: ClientRequest, upTo limit: Int? = nil
    ) throws(HTTPClientError) -> ClientAnswer {
        let limit = limit ?? Limits.wholeBodyByteCountMax
        var head: (Status, Fields)?
        var pieces: [Bytes] = []
        var count = 0
        let trailers = try send(request) { status, fields in
            head = (status, fields)
        } onBody: { piece in
            count += piece.count
            guard count <= limit else { throw WholeBodyTooLarge() }
            pieces.append(piece)
        } mapping: { error in
            guard error.cause is WholeBodyTooLarge else { return error }
            return HTTPClientError(
                .bodyTooLarge, "the answer of \(endpoint) has over \(limit) bytes: refused")
        }
        guard let head else {
            throw HTTPClientError(.badAnswer, "the answer of \(endpoint) has no head")
        }
        return ClientAnswer(
            status: head.0, fields: head.1, body: Self.join(pieces, count), trailers: trailers)
    }

    private func send(
        _ request: ClientRequest, onHead: (Status, Fields) throws -> Void,
        onBody: (Bytes) throws -> Void, mapping: (HTTPClientError) -> HTTPClientError
    ) throws(HTTPClientError) -> Fields {
        do throws(HTTPClientError) {
            return try send(request, onHead: onHead, onBody: onBody)
        } catch {
            throw mapping(error)
        }
    }

    private static func join(_ pieces: [Bytes], _ count: Int) -> Bytes {
        if pieces.count == 1, let only = pieces.first { return only }
        var writer = ByteWriter(capacity: count)
        for piece in pieces { writer.append(piece) }
        return writer.finish()
    }

    private func take() -> CurlHandle {
        idle.withLock { $0.popLast() } ?? CurlHandle()
    }

    /// A handle whose transfer failed is not kept: its connection is in an unknown state.
    private func give(back handle: CurlHandle) {
        idle.withLock { if $0.count < Limits.idleHandlesMax { $0.append(handle) } }
    }
}

private struct WholeBodyTooLarge: Error {}
