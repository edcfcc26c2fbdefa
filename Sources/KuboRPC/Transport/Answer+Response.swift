import Buffers
import Content
import Execution
import HTTP
import HTTPServer
import JSON

extension Answer {
    /// Makes the HTTP answer, whose body is to be prepared (`Response.prepareBody()`).
    ///
    /// - Parameters:
    ///   - common: fields of every answer.
    ///   - invocation: the call; no longer answered when its client has gone or its time is over.
    /// - Returns: a 200.
    /// - Throws: `.overloaded`, `.tooMuchMemory` for a long value; when the disk is full.
    func response(_ common: Fields, checking invocation: Invocation) throws -> Response {
        var fields = common
        fields["Content-Type"] = "application/json"
        switch self {
        case .value(let value):
            let document = ResultSpool(invocation.access)
            try document.append(line: value)
            return try document.response(fields, invocation)
        case .document(let document, let verdict):
            try document.append("\n")
            guard let verdict else { return try document.response(fields, invocation) }
            // Only behind chunks there are trailers.
            let body = SpoolBody(document.pieces(), invocation, verdict: verdict)
            return Response(.ok, fields: fields, body: .source(body, length: nil))
        case .nothing:
            fields["X-Chunked-Output"] = "1"
            return Response(.ok, fields: fields, body: .bytes(.empty))
        case .lines(let lines):
            fields["X-Chunked-Output"] = "1"
            let body = LineBody(lines, checking: invocation)
            return Response(.ok, fields: fields, body: .source(body, length: nil))
        case .spool(let spool, let failure):
            fields["X-Chunked-Output"] = "1"
            let body = SpoolBody(spool.pieces(), invocation, failure: failure)
            return Response(.ok, fields: fields, body: .source(body, length: nil))
        case .raw(let raw):
            fields["Content-Type"] = raw.contentType
            fields["X-Stream-Output"] = "1"
            fields["X-Content-Length"] = raw.contentLength.map(String.init)
            let body = RawBody(raw, checking: invocation)
            return Response(.ok, fields: fields, body: .source(body, length: nil))
        }
    }
}

extension ResultSpool {
    /// The answer with its length, where that is known.
    fileprivate func response(_ fields: Fields, _ invocation: Invocation) throws -> Response {
        if let short = takeShort() { return Response(.ok, fields: fields, body: .bytes(short)) }
        return Response(
            .ok, fields: fields,
            body: .source(SpoolBody(pieces(), invocation), length: byteCount))
    }
}

/// Sends bytes as they are made. An error breaks the connection off, so that nobody takes half a
/// file for a whole one.
final class RawBody: BodySource {
    private var output: PieceOutput
    private let invocation: Invocation

    init(_ answer: RawAnswer, checking invocation: Invocation) {
        output = PieceOutput(answer.pieces, access: invocation.access)
        self.invocation = invocation
    }

    func prepare() throws { try output.prepare() }

    func next(limit: Int) throws -> Bytes? {
        try invocation.context.check()
        return try output.next()
    }

    var canReload: Bool { output.canReload }

    func release() { output.release() }

    func reload() throws -> Bytes { try output.reload() }

    var holdsUpOthers: Bool { invocation.holdsUpOthers }

    func close() { output.release() }
}

/// Sends what waited in a spool for the end of its request.
final class SpoolBody: BodySource {
    private let make: () throws -> Bytes?
    private let invocation: Invocation
    private let verdict: String?
    private let failure: RPCError?
    private var hasToldFailure = false
    private var first: Bytes?

    /// - Parameters:
    ///   - verdict: what goes into the trailer.
    ///   - failure: what the answer breaks off with, as `LineBody` does it.
    init(
        _ make: @escaping () throws -> Bytes?, _ invocation: Invocation, verdict: String? = nil,
        failure: RPCError? = nil
    ) {
        self.make = make
        self.invocation = invocation
        self.verdict = verdict
        self.failure = failure
    }

    var trailers: Fields { .streamError(verdict) }

    func prepare() throws { first = try make() }

    func next(limit: Int) throws -> Bytes? {
        // What was done before a failure is told also where that is the end of the time.
        if failure == nil { try invocation.context.check() }
        if let piece = try first.take() ?? make() { return piece }
        guard let failure else { return nil }
        guard !hasToldFailure else { throw failure }
        hasToldFailure = true
        return failure.json.line
    }

    var holdsUpOthers: Bool { invocation.holdsUpOthers }
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
    /// For lines that are long: they cannot be made again while the client takes nothing.
    private let memory: StateShare
    private var state = State.running
    private var first: Bytes?

    init(_ source: any LineSource, checking invocation: Invocation) {
        self.source = source
        self.invocation = invocation
        memory = invocation.access.makeStateShare()
    }

    var holdsUpOthers: Bool { invocation.holdsUpOthers }

    func prepare() throws {
        var writer = ByteWriter()
        guard try appendLine(to: &writer) else { return }
        first = writer.finish()
    }

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

    var trailers: Fields { .streamError(source.verdict) }

    func close() { source.close() }

    /// Lines are sent in small pieces, which the server copies if it has to wait.
    func release() { source.release() }

    private func gather(_ limit: Int) -> Bytes? {
        // The piece before has been sent.
        memory.release()
        var writer = ByteWriter(capacity: 512)
        let patience = Deadline.after(Limits.lineWait)
        do {
            repeat {
                guard try appendLine(to: &writer) else {
                    state = .ended
                    break
                }
            } while !source.isPrompt && writer.count < min(limit, Limits.linePieceBytes)
                && !patience.hasPassed
        } catch {
            // A line that there is no memory for is not made.
            state = .failed(error)
            writer.append(RPCError(error).json.line)
        }
        return writer.count == 0 ? nil : writer.finish()
    }

    /// Makes the next line when there is memory for it.
    ///
    /// - Returns: false at the end.
    private func appendLine(to writer: inout ByteWriter) throws -> Bool {
        try invocation.context.check()
        var appended = try append(try source.next(), to: &writer)
        while case .missing(let byteCount) = appended {
            // Nobody waits with a block in hand, nor with a line that keeps one.
            source.release()
            try memory.makeRoom(for: byteCount) {}
            appended = try append(try source.again(), to: &writer)
            if appended == .nothing { throw RPCError.failed("a line could not be made again") }
        }
        return appended == .done
    }

    private func append(_ line: JSONOutput?, to writer: inout ByteWriter) throws -> Appended {
        guard let line else { return .nothing }
        let lineByteCount = line.byteCount + 1
        let byteCount = writer.count + lineByteCount
        if source.canRepeat {
            guard try memory.requireAtOnce(byteCount) else {
                return .missing(byteCount - memory.byteCount)
            }
        } else {
            try memory.require(byteCount)
        }
        if lineByteCount > Limits.linePieceBytes {
            // Doubling would take more than was asked for.
            let before = writer.takeBytes()
            writer = ByteWriter(capacity: byteCount)
            writer.append(before)
        }
        line.writeLine(to: &writer)
        return .done
    }
}

extension Fields {
    /// What went wrong although the answer came to its end, as Kubo's clients look for it.
    fileprivate static func streamError(_ verdict: String?) -> Fields {
        guard let verdict else { return [:] }
        // A trailer is one line.
        return ["X-Stream-Error": String(verdict.map { $0.isNewline ? " " : $0 })]
    }
}
