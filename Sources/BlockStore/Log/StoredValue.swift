package import Buffers
package import Multiformats
import Vault

/// The value of an entry of the log that is a block, with everything that the index needs.
///
///     u8 format (1) | u8 class | u8 flags | varint codec | multihash | u32 checksum | block bytes
///
/// The checksum is the CRC-32C, little-endian, of the block bytes and then of everything before the
/// checksum. LevelDB has one of its own, but computes it without the processor's instructions: that
/// was half of the work of reading a large block.
///
/// - Spec: `Docs/formats/blocks.md`; `Docs/decisions/0009-a-checksum-of-our-own.md`.
package struct StoredValue: Sendable {
    /// What the first byte of a value says.
    package static let format: UInt8 = 1

    /// Pair of storage class and pack targets; 0 until classes exist.
    package let storageClass: UInt8
    /// What is known about the block.
    package let flags: BlockFlags
    /// What the block was read or made as.
    package let codec: Multicodec
    /// What the block is found by.
    package let multihash: Multihash
    /// The block; shares the memory of the value.
    package let bytes: Bytes
    private let head: Bytes
    private let checksum: UInt32

    /// Reads a value.
    ///
    /// - Parameter value: all bytes of it.
    /// - Throws: `.newerFormat` or `.damaged`, also for a row.
    package init(decoding value: Bytes) throws(StoredValueError) {
        var reader = ByteReader(value)
        do {
            let format = try reader.readByte()
            // A row is an entry of this version, too.
            guard format != StoredRow.format else { throw StoredValueError.damaged }
            guard format == Self.format else { throw StoredValueError.newerFormat }
            storageClass = try reader.readByte()
            flags = BlockFlags(rawValue: try reader.readByte())
            codec = Multicodec(rawValue: try reader.readVarint())
            multihash = try Multihash(reading: &reader)
            head = value.prefix(value.count - reader.remaining)
            checksum = try reader.readLittleEndian()
        } catch StoredValueError.newerFormat {
            throw .newerFormat
        } catch {
            throw .damaged
        }
        bytes = reader.readRest()
    }

    /// Whether the bytes are those that were written.
    ///
    /// - Complexity: goes over the whole block.
    package var isIntact: Bool {
        var own = CRC32C()
        own.update(bytes)
        own.update(head)
        return own.value == checksum
    }

    /// Writes what stands before the bytes of a block.
    package static func header(of block: VerifiedBlock) -> Bytes {
        var writer = ByteWriter(capacity: 64)
        writer.append(format)
        writer.append(0)
        writer.append(block.flags.rawValue)
        writer.appendVarint(block.codec.rawValue)
        block.multihash.write(to: &writer)
        let head = writer.takeBytes(nextCapacity: 64)
        var checksum = CRC32C(continuing: block.checksum)
        checksum.update(head)
        writer.append(head)
        writer.appendLittleEndian(checksum.value)
        return writer.finish()
    }
}

/// Why a value of the log cannot be read.
package enum StoredValueError: Error, Hashable, Sendable {
    /// A later version of this program wrote it.
    case newerFormat
    /// It is not a value of the log.
    case damaged
}

/// What is known about a block, in the log and in the index.
package struct BlockFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The block, read as its codec, has no links.
    package static let hasNoLinks = BlockFlags(rawValue: 1)
    /// The bytes are only in a target (index only).
    package static let isEvicted = BlockFlags(rawValue: 2)
    /// The gateway does not serve it (index only).
    package static let isPrivate = BlockFlags(rawValue: 4)
    /// The block, read as dag-pb, has no links, whatever it was stored as.
    package static let isPlainNode = BlockFlags(rawValue: 8)
}

extension VerifiedBlock {
    /// What the log and the index say about it.
    package var flags: BlockFlags {
        var flags: BlockFlags = hasNoLinks ? .hasNoLinks : []
        if isPlainNode { flags.insert(.isPlainNode) }
        return flags
    }
}
