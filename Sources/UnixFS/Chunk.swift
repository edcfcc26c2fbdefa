package import Buffers

/// What a chunker cuts off: the bytes between two cuts, as slices of the buffers that were fed.
///
/// Whoever needs the bytes in one piece copies them then, on a thread of its own choice: a leaf
/// that is encoded as a node copies them into the node and nowhere else.
package struct Chunk: Sendable {
    /// The slices in the order of the file.
    package let pieces: [Bytes]

    /// How many bytes there are.
    package let count: Int

    /// A chunk that lies in one piece.
    package init(_ piece: Bytes) {
        pieces = [piece]
        count = piece.count
    }

    /// A chunk that lies in several pieces.
    package init(_ pieces: [Bytes]) {
        self.pieces = pieces
        count = pieces.reduce(0) { $0 + $1.count }
    }

    /// No bytes.
    package static let empty = Chunk([])

    /// Whether there are no bytes.
    package var isEmpty: Bool { count == 0 }

    /// All bytes in one piece, without a copy where they lie in one.
    package func joined() -> Bytes {
        guard pieces.count > 1 else { return pieces.first ?? .empty }
        var writer = ByteWriter(capacity: count)
        writer.append(self)
        return writer.finish()
    }
}

extension ByteWriter {
    /// Appends the bytes of a chunk by copying them.
    package mutating func append(_ chunk: Chunk) {
        for piece in chunk.pieces { append(piece) }
    }
}
