package import Buffers
import Multiformats

/// The value of table `h`: how far the index goes, and the counters of what it holds.
///
/// Written in the same synced batch as the entries that it covers, so the counters are exact.
///
///     u8 format (2) | varint last sequence | varint blocks | varint bytes | varint changes
package struct HighWaterMark: Hashable, Sendable {
    /// Every block up to this number that was not deleted has its entry.
    package var sequence: UInt64 = 0
    /// Entries of the index.
    package var blockCount = 0
    /// Bytes of their blocks.
    package var byteCount = 0
    /// Grows with whatever is taken over from the log, or out of the index: the log remembers it, so that an older
    /// `meta/` is seen.
    package var changeCount: UInt64 = 0

    package init() {}

    private static let format: UInt8 = 2

    /// What a record that is none is told as: `meta/` is made anew because of it.
    static let damage = DatabaseError(
        kind: .corruption,
        message: "the high-water mark in meta/ is damaged, or of a later version of Holdfast")

    /// Reads a value; nil when it is not one.
    package init?(decoding value: Bytes) {
        var reader = ByteReader(value)
        guard (try? reader.readByte()) == Self.format, let sequence = try? reader.readVarint(),
            sequence <= Limits.sequenceMax,
            let blocks = try? reader.readVarint(), let bytes = try? reader.readVarint(),
            let blockCount = Int(exactly: blocks), let byteCount = Int(exactly: bytes),
            let changeCount = try? reader.readVarint(), changeCount <= Limits.sequenceMax,
            reader.isAtEnd
        else { return nil }
        self.sequence = sequence
        self.blockCount = blockCount
        self.byteCount = byteCount
        self.changeCount = changeCount
    }

    /// Writes the value.
    package func encode() -> Bytes {
        var writer = ByteWriter(capacity: 40)
        writer.append(Self.format)
        writer.appendVarint(sequence)
        // Counters that damage has put out of step must not stop the lane.
        writer.appendVarint(UInt64(clamping: blockCount))
        writer.appendVarint(UInt64(clamping: byteCount))
        writer.appendVarint(changeCount)
        return writer.finish()
    }
}
