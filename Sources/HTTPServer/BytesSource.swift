import Buffers

/// The body of an answer that is there already, as a source of one piece.
final class BytesSource: BodySource {
    private var bytes: Bytes?

    init(_ bytes: Bytes) { self.bytes = bytes }

    func next(limit: Int) -> Bytes? {
        defer { bytes = nil }
        return bytes
    }
}
