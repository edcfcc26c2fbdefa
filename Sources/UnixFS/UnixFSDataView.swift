package import Buffers
import Multiformats

/// The UnixFS message of a node, checked in one pass and read where it stands: no list of sizes.
/// Every number in it is within its bounds, so that what readers do with it cannot overflow.
package struct UnixFSDataView: Sendable {
    /// What the node is.
    package private(set) var type = UnixFSData.Kind.raw
    /// File bytes, target of a symlink or bitmap of a shard; nil where the field is absent.
    package private(set) var data: Bytes?
    /// Bytes of the file below this node, as claimed; at most `Limits.fileBytesMax`.
    package private(set) var fileSize: UInt64?
    /// How many sizes of children there are.
    package private(set) var blockSizeCount = 0
    /// Those sizes together with the data; at most `Limits.fileBytesMax`.
    package private(set) var byteCount: UInt64 = 0
    /// Multihash code of the hash over names.
    package private(set) var hashType: UInt64?
    /// How many children a shard can have, as claimed.
    package private(set) var fanout: UInt64?
    /// Mode and time, as far as they can be used.
    package private(set) var metadata = UnixFSMetadata()

    private let message: Bytes

    /// Checks a message.
    ///
    /// Fields may come in any order, `blocksizes` packed or not; unknown fields are passed over and
    /// of a field that is there twice the last one counts, as protobuf readers do. Of a mode the low
    /// 12 bits are kept. A time without a date between the years 1 and 9999 is left out; one with a
    /// second or more of nanoseconds is an error, as UnixFS 1.5 wants it.
    ///
    /// - Throws: `.notUnixFS` when the bytes are no such message or its type is unknown; `.malformed` when it
    ///   is damaged behind its type, a size or the sum of sizes is over 2^62, or a time is none.
    package init(decoding bytes: Bytes) throws(UnixFSError) {
        message = bytes
        var number: UInt64?
        do {
            var reader = ByteReader(bytes)
            while !reader.isAtEnd { try read(from: &reader, type: &number) }
        } catch let error as UnixFSError {
            throw error
        } catch {
            // With a type it began as UnixFS, of which there may be more in other blocks.
            let isKnown = number.flatMap(UnixFSData.Kind.init(rawValue:)) != nil
            throw UnixFSError(
                isKnown ? .malformed : .notUnixFS, "UnixFS data is cut off or damaged: \(error)")
        }
        guard let number else { throw UnixFSError(.notUnixFS, "UnixFS data has no type") }
        guard let type = UnixFSData.Kind(rawValue: number) else {
            throw UnixFSError(.notUnixFS, "unrecognized UnixFS type: \(number)")
        }
        self.type = type
        // Neither can overflow: a block's length, and a sum that was checked.
        byteCount = try Self.size(byteCount + UInt64(data?.count ?? 0))
    }

    /// The sizes of the children in order, one after the other.
    package func blockSizes() -> BlockSizeCursor { BlockSizeCursor(message) }

    private mutating func read(
        from reader: inout ByteReader, type: inout UInt64?
    ) throws {
        let key = try reader.readProtobufVarint()
        switch (key >> 3, key & 7) {
        case (1, 0): type = try reader.readProtobufVarint()
        case (2, 2): data = try reader.readLengthDelimited()
        case (3, 0): fileSize = try Self.size(try reader.readProtobufVarint())
        case (4, 0): try count(blockSize: try reader.readProtobufVarint())
        case (4, 2):
            var packed = ByteReader(try reader.readLengthDelimited())
            while !packed.isAtEnd { try count(blockSize: try packed.readProtobufVarint()) }
        case (5, 0): hashType = try reader.readProtobufVarint()
        case (6, 0): fanout = try reader.readProtobufVarint()
        case (7, 0):
            let mode =
                UInt32(truncatingIfNeeded: try reader.readProtobufVarint())
                & UnixFSMetadata.modeMask
            // As none is written.
            metadata.mode = mode == 0 ? nil : mode
        case (8, 2):
            metadata.mtime = try ModificationTime.read(try reader.readLengthDelimited())
        case (1...8, _): throw WrongWireType(field: key >> 3)
        default: try reader.skipProtobufField(wireType: key & 7)
        }
    }

    private struct WrongWireType: Error, CustomStringConvertible {
        let field: UInt64
        var description: String { "field \(field) has the wrong wire type" }
    }

    private mutating func count(blockSize: UInt64) throws(UnixFSError) {
        byteCount = try Self.size(byteCount + (try Self.size(blockSize)))
        blockSizeCount += 1
    }

    private static func size(_ value: UInt64) throws(UnixFSError) -> UInt64 {
        guard value <= Limits.fileBytesMax else {
            throw UnixFSError(.malformed, "a UnixFS size is larger than 2^62 bytes")
        }
        return value
    }
}

extension ModificationTime {
    /// Reads the message of a time; nil for one that has no date.
    ///
    /// - Throws: `.malformed`.
    fileprivate static func read(_ bytes: Bytes) throws -> ModificationTime? {
        var reader = ByteReader(bytes)
        var seconds: UInt64?
        var nanoseconds: UInt32 = 0
        while !reader.isAtEnd {
            let key = try reader.readProtobufVarint()
            switch (key >> 3, key & 7) {
            case (1, 0): seconds = try reader.readProtobufVarint()
            case (2, 5): nanoseconds = try reader.readLittleEndian()
            default: try reader.skipProtobufField(wireType: key & 7)
            }
        }
        guard let seconds else { throw UnixFSError(.malformed, "UnixFS mtime has no seconds") }
        guard nanoseconds < nanosecondsEnd else {
            throw UnixFSError(
                .malformed, "UnixFS mtime has \(nanoseconds) nanoseconds, a second or more")
        }
        return ModificationTime(seconds: Int64(bitPattern: seconds), nanoseconds: nanoseconds)
    }
}
