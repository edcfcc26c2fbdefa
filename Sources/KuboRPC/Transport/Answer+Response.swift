import Buffers
import Execution
import HTTP
import HTTPServer

extension Answer {
    /// Makes the HTTP answer. The first line or piece is made before the head goes out, so that a
    /// command that fails at once gets a proper status.
    ///
    /// - Parameters:
    ///   - common: fields of every answer.
    ///   - deadline: when the caller no longer waits.
    /// - Returns: a 200.
    /// - Throws: what the first line or piece failed with.
    func response(_ common: Fields, checking invocation: Invocation) throws -> Response {
        var fields = common
        fields["Content-Type"] = "application/json"
        switch self {
        case .value(let value):
            return Response(.ok, fields: fields, body: .bytes(value.line))
        case .nothing:
            fields["X-Chunked-Output"] = "1"
            return Response(.ok, fields: fields, body: .bytes(.empty))
        case .lines(let lines):
            fields["X-Chunked-Output"] = "1"
            let body = LineBody(lines, checking: invocation)
            try body.prepare()
            return Response(.ok, fields: fields, body: .source(body, length: nil))
        case .spool(let spool):
            fields["X-Chunked-Output"] = "1"
            let body = RawBody(RawAnswer(spool.pieces()), checking: invocation)
            return Response(.ok, fields: fields, body: .source(body, length: nil))
        case .raw(let raw):
            fields["Content-Type"] = raw.contentType
            fields["X-Stream-Output"] = "1"
            fields["X-Content-Length"] = raw.contentLength.map(String.init)
            let body = RawBody(raw, checking: invocation)
            try body.prepare()
            return Response(.ok, fields: fields, body: .source(body, length: nil))
        }
    }
}

/// Sends bytes as they are made. An error breaks the connection off, so that nobody takes half a
/// file for a whole one.
final class RawBody: BodySource {
    private let make: () throws -> Bytes?
    private let invocation: Invocation
    private var first: Bytes?

    init(_ answer: RawAnswer, checking invocation: Invocation) {
        make = answer.next
        self.invocation = invocation
    }

    func prepare() throws { first = try nextPiece() }

    func next(limit: Int) throws -> Bytes? {
        guard let ready = first else { return try nextPiece() }
        first = nil
        return ready
    }

    private func nextPiece() throws -> Bytes? {
        if invocation.deadline.hasPassed { throw RPCError.deadlineExceeded }
        return try make()
    }
}

/// Sends JSON values, one a line.
///
/// ipfs-cluster and the JavaScript and Python libraries ignore trailers, so a stream that breaks off
/// ends with the error as a line and then without its last chunk: nobody can take it for complete.
final class LineBody: BodySource {
    private enum State {
        case running
        case failed(any Error)
        case ended
    }

    private let source: any LineSource
    private let invocation: Invocation
    private var state = State.running
    private var first: Bytes?

    init(_ source: any LineSource, checking invocation: Invocation) {
        self.source = source
        self.invocation = invocation
    }

    func prepare() throws { first = try nextLine()?.line }

    func next(limit: Int) throws -> Bytes? {
        if let ready = first {
            first = nil
            return ready
        }
        switch state {
        case .failed(let error): throw error
        case .ended: return nil
        case .running: return gather(limit)
        }
    }

    var trailers: Fields {
        guard let verdict = source.verdict else { return [:] }
        // A trailer is one line.
        return ["X-Stream-Error": String(verdict.map { $0.isNewline ? " " : $0 })]
    }

    func close() { source.close() }

    private func gather(_ limit: Int) -> Bytes? {
        var writer = ByteWriter(capacity: 512)
        let patience = Deadline.after(Limits.lineWait)
        do {
            repeat {
                guard let line = try nextLine() else {
                    state = .ended
                    break
                }
                writer.append(line.line)
            } while !source.isPrompt && writer.count < min(limit, Limits.linePieceBytes)
                && !patience.hasPassed
        } catch {
            state = .failed(error)
            writer.append(RPCError(error).json.line)
        }
        return writer.count == 0 ? nil : writer.finish()
    }

    private func nextLine() throws -> JSON? {
        if invocation.deadline.hasPassed { throw RPCError.deadlineExceeded }
        return try source.next()
    }
}
