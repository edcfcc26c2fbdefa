import Buffers
import Multiformats

/// Cuts lengths and runs of bytes out of pieces, and remembers how far it came between two pieces.
struct CARInput: ~Copyable {
    /// A length and how many bytes it was written in.
    struct Length {
        let value: UInt64
        let byteCount: Int
    }

    private var piece = Bytes.empty
    /// The first bytes of a run that began in an earlier piece.
    private var held = ByteWriter(capacity: 16)
    /// How long that run will be.
    private var runByteCount = 0
    private var length: Length?

    /// Takes the next piece.
    mutating func feed(_ next: Bytes) {
        precondition(piece.isEmpty, "take everything out before the next piece is fed")
        piece = next
    }

    /// How many bytes were copied and wait for the rest of their run.
    var heldByteCount: Int { held.count }

    /// The run that they begin: how long it is in all, and how much of it is still to come.
    var run: (byteCount: Int, missing: Int) {
        held.count == 0 ? (0, 0) : (runByteCount, runByteCount - held.count)
    }

    /// Takes those bytes away; `putBack` must bring them all back before the next piece is fed.
    mutating func takeHeld() -> Bytes { held.takeBytes() }

    /// Puts back what `takeHeld` took, or the next part of it. It grows in the room for all of its run:
    /// to grow by copies would take three times its memory.
    mutating func putBack(_ bytes: Bytes) {
        precondition(piece.isEmpty, "what was taken is put back before anything else")
        if held.count == 0 { _ = held.takeBytes(nextCapacity: max(runByteCount, bytes.count)) }
        held.append(bytes)
    }

    /// Whether all of the last piece was used.
    var isDrained: Bool { piece.isEmpty && held.count == 0 }

    /// Whether no length was read whose bytes are still to come.
    var isBetweenSections: Bool { length == nil && held.count == 0 }

    /// The length of the section at hand, once it is complete.
    ///
    /// - Throws: `.section` for a varint that is too long or not minimal.
    mutating func takeLength() throws(CARError) -> Length? {
        if let length { return length }
        while let byte = piece.isEmpty ? nil : piece[0] {
            piece = piece.dropFirst(1)
            held.append(byte)
            runByteCount = held.count
            guard byte >= 0x80, held.count < Multiformats.Limits.varintBytesMax else {
                let bytes = held.takeBytes()
                var reader = ByteReader(bytes)
                do {
                    length = Length(value: try reader.readVarint(), byteCount: bytes.count)
                } catch {
                    throw CARError(.section, error.message)
                }
                return length
            }
        }
        return nil
    }

    /// The next section begins with a length of its own.
    mutating func endSection() { length = nil }

    /// The next `count` bytes, without a copy if they lie in one piece; nil until all are there.
    mutating func take(_ count: Int) -> Bytes? {
        if held.count == 0, piece.count >= count {
            defer { piece = piece.dropFirst(count) }
            return piece.prefix(count)
        }
        if held.count == 0 {
            runByteCount = count
            _ = held.takeBytes(nextCapacity: count)
        }
        let part = piece.prefix(count - held.count)
        held.append(part)
        piece = piece.dropFirst(part.count)
        return held.count == count ? held.takeBytes() : nil
    }

    /// Passes over at most `count` bytes, and says how many were there.
    mutating func pass(_ count: UInt64) -> UInt64 {
        let passed = min(count, UInt64(piece.count))
        piece = piece.dropFirst(Int(passed))
        return passed
    }
}
