package import Buffers
import Multiformats

/// The message in the data field of a dag-pb node that makes the node a file or a directory.
///
/// - Spec: UnixFS, "`dag-pb` Node"; fields are written in Kubo's order.
package struct UnixFSData: Hashable, Sendable {
    /// What the node is.
    package enum Kind: UInt64, Sendable {
        case raw = 0
        case directory = 1
        case file = 2
        case metadata = 3
        case symlink = 4
        case shard = 5
    }

    /// What the node is.
    package var type: Kind

    /// File bytes, target of a symlink or bitmap of a shard; nil where the field is absent.
    package var data: Bytes?

    /// Bytes of the file below this node, its own included.
    package var fileSize: UInt64?

    /// File bytes below each child, in the order of the links.
    package var blockSizes: [UInt64] = []

    /// Multihash code of the hash over names; 0x22 in every shard.
    package var hashType: UInt64?

    /// How many children a shard can have.
    package var fanout: UInt64?

    /// Mode and time as stored.
    package var metadata = UnixFSMetadata()

    /// A message without fields.
    package init(type: Kind) { self.type = type }

    /// Permission bits as stored.
    package var mode: UInt32? { metadata.mode }

    /// Time of the last change as stored.
    package var mtime: ModificationTime? { metadata.mtime }

    /// The canonical encoding: what Kubo writes, byte by byte.
    package func encode() -> Bytes {
        var writer = ByteWriter(capacity: (data?.count ?? 0) + 32 + blockSizes.count * 4)
        write(to: &writer, around: data.map { Chunk($0) } ?? .empty)
        return writer.finish()
    }

    /// Writes all fields, with a chunk as the data.
    func write(to writer: inout ByteWriter, around chunk: Chunk) {
        writer.appendField(1, varint: type.rawValue)
        if !chunk.isEmpty {
            writer.append(0x12)
            writer.appendVarint(UInt64(chunk.count))
            writer.append(chunk)
        }
        if let fileSize { writer.appendField(3, varint: fileSize) }
        for size in blockSizes { writer.appendField(4, varint: size) }
        if let hashType { writer.appendField(5, varint: hashType) }
        if let fanout { writer.appendField(6, varint: fanout) }
        if let mode, mode != 0 { writer.appendField(7, varint: UInt64(mode)) }
        if let mtime { writer.appendField(8, bytes: mtime.encode()) }
    }
}

extension ModificationTime {
    func encode() -> Bytes {
        var writer = ByteWriter(capacity: 16)
        writer.appendField(1, varint: UInt64(bitPattern: seconds))
        if nanoseconds != 0 {
            writer.append(0x15)
            writer.appendLittleEndian(nanoseconds)
        }
        return writer.finish()
    }
}

extension ByteWriter {
    fileprivate mutating func appendField(_ number: UInt8, varint value: UInt64) {
        append(number << 3)
        appendVarint(value)
    }

    fileprivate mutating func appendField(_ number: UInt8, bytes: Bytes) {
        append(number << 3 | 2)
        appendVarint(UInt64(bytes.count))
        append(bytes)
    }
}
