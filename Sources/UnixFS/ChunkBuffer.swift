import Buffers

/// The bytes that a chunker was given and has not handed out yet.
///
/// A chunk is made of slices of the buffers that it lies in; nothing is copied here but tiny pieces.
struct ChunkBuffer {
    /// Bytes of the chunk in progress that have been scanned.
    private var held: [Bytes] = []
    private var heldByteCount = 0

    /// How many bytes of the chunk in progress wait.
    var heldCount: Int { heldByteCount }

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
    mutating func cut(_ count: Int) -> Chunk {
        let tail = current.prefix(count)
        current = current.dropFirst(count)
        guard heldByteCount > 0 else { return Chunk(tail) }
        if !tail.isEmpty { held.append(tail) }
        defer {
            held = []
            heldByteCount = 0
        }
        return Chunk(held)
    }

    /// Everything that is left, as the last chunk; nil where nothing is.
    mutating func cutRest() -> Chunk? {
        let chunk = cut(current.count)
        return chunk.isEmpty ? nil : chunk
    }

    /// Takes the scanned bytes of the chunk in progress away: they wait elsewhere until `putBack`,
    /// which must come before anything else is fed.
    mutating func takeHeld() -> [Bytes] {
        precondition(current.isEmpty, "what was fed has to be scanned first")
        defer { (held, heldByteCount) = ([], 0) }
        return held
    }

    /// Puts back what `takeHeld` took.
    mutating func putBack(_ pieces: [Bytes]) {
        held = pieces.filter { !$0.isEmpty }
        heldByteCount = held.reduce(0) { $0 + $1.count }
    }

    /// Keeps the list short when buffers of a few bytes are fed: neighbours of about one size are
    /// joined, up to 16 KiB, so each byte is moved at most 14 times more.
    private mutating func mergeSmallPieces() {
        while held.count >= 2 {
            let (before, last) = (held[held.count - 2].count, held[held.count - 1].count)
            guard before <= 2 * last, before + last <= 16_384 else { return }
            let joined = Chunk(Array(held.suffix(2))).joined()
            held.removeLast(2)
            held.append(joined)
        }
    }
}
