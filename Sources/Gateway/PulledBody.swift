import Buffers
import Content
import HTTPServer

/// A body whose pieces come from content: a file, a CAR, a TAR, on their way to the client.
///
/// Holds the slot of its request until the last byte has gone. While the client takes nothing it
/// holds no block: only where to go on. What the content throws breaks the transfer off: none of
/// these forms has a place for errors.
final class PulledBody<Content: ContentPieces>: BodySource {
    private let slot: RequestSlot
    private let access: ContentAccess
    private var content: Content
    /// The first piece, which was made before the head went out.
    private var first: ContentPiece?
    private var last: ContentPiece.Origin?

    init(_ content: Content, first: ContentPiece?, access: ContentAccess, slot: RequestSlot) {
        self.content = content
        self.first = first
        self.access = access
        self.slot = slot
    }

    func next(limit: Int) throws -> Bytes? {
        guard let piece = try first.take() ?? content.next() else { return nil }
        last = piece.origin
        return piece.bytes
    }

    func release() -> Bool {
        content.release()
        return last != nil
    }

    func reload() throws -> Bytes {
        guard let last else { preconditionFailure("only a piece with an origin is let go of") }
        return try last.read(from: access.makeReader())
    }

    func close() { content.release() }
}
