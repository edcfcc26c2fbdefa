package import Buffers
import Multiformats

/// The value of table `b`: where a block is.
///
///     u8 format (1) | varint sequence | varint length | u8 flags
///
/// - Spec: `Docs/formats/meta.md`.
package struct IndexEntry: Hashable, Sendable {
    /// Number in the log.
    package var sequence: UInt64
    /// Bytes of the block.
    package var byteCount: Int
    /// What is known about the block.
    package var flags: BlockFlags

    package init(sequence: UInt64, byteCount: Int, flags: BlockFlags) {
        self.sequence = sequence
        self.byteCount = byteCount
        self.flags = flags
    }

    /// Reads a value; nil when it is not one.
    package init?(decoding value: Bytes) {
        var reader = ByteReader(value)
        guard (try? reader.readByte()) == 1, let sequence = try? reader.readVarint(),
            sequence <= Limits.sequenceMax,
            let byteCount = try? reader.readVarint(), byteCount <= UInt64(Limits.blockBytesMax),
            let flags = try? reader.readByte(), reader.isAtEnd
        else { return nil }
        self.init(
            sequence: sequence, byteCount: Int(byteCount), flags: BlockFlags(rawValue: flags))
    }

    /// Writes the value.
    package func encode() -> Bytes {
        var writer = ByteWriter(capacity: 16)
        writer.append(1)
        writer.appendVarint(sequence)
        writer.appendVarint(UInt64(byteCount))
        writer.append(flags.rawValue)
        return writer.finish()
    }

    /// What callers are told.
    package var info: BlockInfo {
        BlockInfo(
            byteCount: byteCount, sequence: sequence, hasNoLinks: flags.contains(.hasNoLinks))
    }
}
