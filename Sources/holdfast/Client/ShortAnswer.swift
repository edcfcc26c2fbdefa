import Buffers

/// The beginning of an answer that should be short, an error or a page: one that never ends is read
/// no further.
struct ShortAnswer: ~Copyable {
    /// Enough has come: the transfer is to be broken off.
    struct IsFull: Error {}

    private var writer = ByteWriter()

    /// Takes the next piece, the last one of those that are too many in parts.
    mutating func take(_ piece: Bytes) throws(IsFull) {
        let room = Limits.errorByteCountMax - writer.count
        writer.append(piece.prefix(room))
        guard piece.count <= room else { throw IsFull() }
    }

    /// What has come.
    mutating func takeBytes() -> Bytes { writer.takeBytes() }
}
