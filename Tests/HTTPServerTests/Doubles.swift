import Buffers
import HTTP
import HTTPServer

/// Gives out pieces that a test has prepared, then ends or fails.
final class PieceSource: BodySource {
    struct Failure: Error {}

    private var pieces: [Bytes]
    private let error: (any Error)?
    private let onClose: () -> Void
    let trailers: Fields

    init(
        _ pieces: [Bytes], error: (any Error)? = nil, trailers: Fields = [:],
        onClose: @escaping () -> Void = {}
    ) {
        self.pieces = pieces
        self.error = error
        self.trailers = trailers
        self.onClose = onClose
    }

    func next(limit: Int) throws -> Bytes? {
        if !pieces.isEmpty { return pieces.removeFirst() }
        if let error { throw error }
        return nil
    }

    func close() { onClose() }
}

/// Counts what it receives and answers with the number; fails after `failAfter` bytes.
final class CountingReceiver: BodyReceiver {
    private var count = 0
    private let failAfter: Int
    private let error: any Error
    private let onAbandon: () -> Void

    init(
        failAfter: Int = .max, error: any Error = PieceSource.Failure(),
        onAbandon: @escaping () -> Void = {}
    ) {
        self.failAfter = failAfter
        self.error = error
        self.onAbandon = onAbandon
    }

    func receive(_ piece: Bytes) throws {
        count += piece.count
        if count > failAfter { throw error }
    }

    func finish() throws -> Response { .text(.ok, "received \(count)") }

    func abandon() { onAbandon() }
}
