import Buffers

/// Feeds the body of a request into libcurl's buffer.
struct Upload {
    /// What became of libcurl's buffer.
    enum Filling: Equatable {
        /// So many bytes are in it; none only at the end.
        case bytes(Int)
        /// The next piece cannot be made yet.
        case notYet
    }

    private let body: ClientRequest.Body
    private var piece = Bytes.empty
    private var hasStarted = false
    private var isAtEnd = false
    private var byteCount: UInt64 = 0

    init(_ body: ClientRequest.Body) { self.body = body }

    /// Joins pieces until the buffer is full, the body ends, the producer asks to send at once, or
    /// nothing is there to make the next one of.
    ///
    /// - Blocking: `Limits.bodyWait` at most where the producer tells whether it is ready.
    @unsafe
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) throws(UploadError) -> Filling {
        var filled = 0
        while filled < buffer.count {
            if piece.isEmpty {
                guard try isReady(within: filled > 0 ? .zero : Limits.bodyWait) else {
                    return filled > 0 ? .bytes(filled) : .notYet
                }
                guard let next = try nextPiece() else { break }
                piece = next
                if next.isEmpty && filled > 0 { break }
                continue
            }
            let count = min(piece.count, buffer.count - filled)
            unsafe piece.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + count)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
            }
            piece = piece.dropFirst(count)
            filled += count
        }
        return .bytes(filled)
    }

    private func isReady(within duration: Duration) throws(UploadError) -> Bool {
        guard !isAtEnd, case .producer(_, _, let isReady?) = body else { return true }
        do {
            return try isReady(duration)
        } catch {
            throw .stopped(error)
        }
    }

    /// Starts again; impossible once a producer was asked.
    mutating func rewind() -> Bool {
        if case .producer = body, hasStarted { return false }
        self = Upload(body)
        return true
    }

    private mutating func nextPiece() throws(UploadError) -> Bytes? {
        guard !isAtEnd else { return nil }
        let isFirst = !hasStarted
        hasStarted = true
        switch body {
        case .none: return end()
        case .bytes(let bytes): return isFirst ? bytes : end()
        case .producer(let produce, let length, _):
            let next: Bytes?
            do { next = try produce() } catch { throw .stopped(error) }
            byteCount += UInt64(next?.count ?? 0)
            if let length, byteCount > length || next == nil && byteCount < length {
                throw .wrongLength(declared: length, given: byteCount)
            }
            return next ?? end()
        }
    }

    private mutating func end() -> Bytes? {
        isAtEnd = true
        return nil
    }
}

/// Why a body could not be sent to its end.
enum UploadError: Error {
    /// The producer threw.
    case stopped(any Error)
    /// The producer gave another number of bytes than it had promised.
    case wrongLength(declared: UInt64, given: UInt64)

    var asClientError: HTTPClientError {
        switch self {
        case .stopped(let cause): HTTPClientError(.stopped, "stopped: \(cause)", cause: cause)
        case .wrongLength(let declared, let given):
            HTTPClientError(
                .badRequest,
                "the body has \(given) bytes and not \(declared), as its length says: a file that "
                    + "changed while it was sent?")
        }
    }
}
