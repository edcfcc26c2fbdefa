import Buffers

/// Joins small parts of a stream into pieces that are worth a write, and passes large ones through
/// without a copy.
struct PieceGatherer {
    /// A large part that comes next: its bytes, unless they were let go of.
    private var held: (bytes: Bytes?, piece: ContentPiece.Origin?)?

    /// The next piece.
    ///
    /// - Parameter part: gives the next part of the stream; nil at its end.
    /// - Returns: nil when the stream has ended.
    mutating func next(
        _ part: () throws(ContentError) -> ContentPiece?
    ) throws(ContentError) -> ContentPiece? {
        if let held = held.take() { return held }
        var piece = ByteWriter(capacity: 512)
        while piece.count < Limits.exportPieceBytesMin, let part = try part() {
            if part.bytes.count <= Limits.exportCopiedBytesMax {
                piece.append(part.bytes)
            } else if piece.count == 0 {
                return part
            } else {
                held = part
                break
            }
        }
        return piece.count == 0 ? nil : ContentPiece(piece.finish())
    }
}
