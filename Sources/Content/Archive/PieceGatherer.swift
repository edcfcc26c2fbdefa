import Buffers

/// Joins small parts of a stream into pieces that are worth a write, and passes large ones through
/// without a copy.
struct PieceGatherer {
    private var held: Bytes?

    /// The next piece.
    ///
    /// - Parameter part: gives the next part of the stream; nil at its end.
    /// - Returns: nil when the stream has ended.
    mutating func next(
        _ part: () throws(ContentError) -> Bytes?
    ) throws(ContentError) -> Bytes? {
        if let held = held.take() { return held }
        var piece = ByteWriter(capacity: 512)
        while piece.count < Limits.exportPieceBytesMin, let part = try part() {
            if part.count <= Limits.exportCopiedBytesMax {
                piece.append(part)
            } else if piece.count == 0 {
                return part
            } else {
                held = part
                break
            }
        }
        return piece.count == 0 ? nil : piece.finish()
    }
}
