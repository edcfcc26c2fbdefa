import Buffers

/// The bytes that a chunker was given and has not handed out yet.
///
/// A chunk that lies inside one fed buffer is a slice of it; one that crosses buffers is joined
/// once, when its end is known.
struct ChunkBuffer {
    /// Bytes of the chunk in progress that have been scanned.
    private var held: [Bytes] = []
    private var heldByteCount = 0

    /// What has not been scanned.
    private(set) var current = Bytes.empty

    /// Takes more bytes; everything before must have been scanned.
    mutating func feed(_ bytes: Bytes) {
        precondition(current.isEmpty, "feed a chunker again only after next() has returned nil")
        current = bytes
    }

    /// Counts all current bytes as part of the chunk in progress.
    mutating func holdCurrent() {
        guard !current.isEmpty else { return }
        held.append(current)
        heldByteCount += current.count
        current = .empty
        mergeSmallPieces()
    }

    /// Ends the chunk in progress after `count` of the current bytes.
    mutating func cut(_ count: Int) -> Bytes {
        let tail = current.prefix(count)
        current = current.dropFirst(count)
        guard heldByteCount > 0 else { return tail }
        held.append(tail)
        defer {
            held.removeAll(keepingCapacity: true)
            heldByteCount = 0
        }
        return Self.join(held[...], byteCount: heldByteCount + tail.count)
    }

    /// Everything that is left, as the last chunk; nil where nothing is.
    mutating func cutRest() -> Bytes? {
        let chunk = cut(current.count)
        return chunk.isEmpty ? nil : chunk
    }

    /// Keeps the list short when buffers of a few bytes are fed: neighbours of about one size are
    /// joined, up to 16 KiB, so each byte is moved at most 14 times more.
    private mutating func mergeSmallPieces() {
        while held.count >= 2 {
            let (before, last) = (held[held.count - 2].count, held[held.count - 1].count)
            guard before <= 2 * last, before + last <= 16_384 else { return }
            let joined = Self.join(held.suffix(2), byteCount: before + last)
            held.removeLast(2)
            held.append(joined)
        }
    }

    private static func join(_ pieces: ArraySlice<Bytes>, byteCount: Int) -> Bytes {
        guard pieces.count > 1 else { return pieces.first ?? .empty }
        var writer = ByteWriter(capacity: byteCount)
        for piece in pieces { writer.append(piece) }
        return writer.finish()
    }
}
