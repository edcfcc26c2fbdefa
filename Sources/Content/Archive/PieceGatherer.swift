import Buffers

/// Joins small parts of a stream into pieces that are worth a write, and passes large ones through
/// without a copy.
struct PieceGatherer {
    /// A large part that comes next.
    private var held = WaitingPiece()

    /// The next piece.
    ///
    /// - Parameters:
    ///   - reader: reads a part again that was let go of.
    ///   - part: gives the next part of the stream; nil at its end.
    /// - Returns: nil when the stream has ended.
    mutating func next(
        from reader: BlockReader, _ part: () throws(ContentError) -> ContentPiece?
    ) throws(ContentError) -> ContentPiece? {
        if let held = try held.take(from: reader) { return held }
        var piece = ByteWriter(capacity: 512)
        while piece.count < Limits.exportPieceBytesMin, let part = try part() {
            if part.bytes.count <= Limits.exportCopiedBytesMax {
                piece.append(part.bytes)
            } else if piece.count == 0 {
                return part
            } else {
                held = WaitingPiece(part)
                break
            }
        }
        return piece.count == 0 ? nil : ContentPiece(piece.finish())
    }

    /// Lets go of the part that comes next, until it is its turn.
    mutating func release() { held.release() }
}

/// A piece that comes next in a stream; of one that can be read again only the place is kept while
/// the stream stands still.
struct WaitingPiece {
    private var piece: ContentPiece?
    private var origin: ContentPiece.Origin?

    /// Nothing waits, or this piece.
    init(_ piece: ContentPiece? = nil) { self.piece = piece }

    /// The piece, which then waits no longer.
    mutating func take(from reader: BlockReader) throws(ContentError) -> ContentPiece? {
        if let piece = piece.take() { return piece }
        guard let origin = origin.take() else { return nil }
        return ContentPiece(try origin.read(from: reader), origin: origin)
    }

    /// Lets go of the bytes.
    mutating func release() {
        guard let place = piece?.origin else { return }
        (piece, origin) = (nil, place)
    }
}
