import Buffers
import HTTPServer

/// A body whose pieces come from a function: a file, a CAR, a TAR, on their way to the client.
///
/// Holds the slot of its request until the last byte has gone. What the function throws breaks the
/// transfer off: none of these forms has a place for errors.
final class PulledBody: BodySource {
    private let slot: RequestSlot
    private let nextPiece: () throws -> Bytes?

    init(slot: RequestSlot, next: @escaping () throws -> Bytes?) {
        self.slot = slot
        nextPiece = next
    }

    func next(limit: Int) throws -> Bytes? { try nextPiece() }
}
