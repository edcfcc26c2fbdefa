import Buffers
import Multiformats
import Vault

/// Where a block of one of LevelDB's tables stands: what its format calls a handle.
///
/// - Spec: LevelDB's `doc/table_format.md`, `table/format.cc`.
struct TableBlock: Hashable {
    /// Bytes behind each block: its kind, and the checksum of contents and kind.
    static let trailerByteCount = 5
    /// The kind of a block that is not compressed.
    static let plainKind: UInt8 = 0

    /// From the start of the table.
    let offset: Int
    /// Bytes of the contents, without the trailer.
    let byteCount: Int

    init(offset: Int, byteCount: Int) {
        self.offset = offset
        self.byteCount = byteCount
    }

    /// Reads a handle; nil if there is none.
    init?(reading reader: inout ByteReader) {
        // LevelDB takes longer forms than needed too.
        guard let place = try? reader.readProtobufVarint(), let offset = Int(exactly: place),
            let length = try? reader.readProtobufVarint(), let byteCount = Int(exactly: length)
        else { return nil }
        self.init(offset: offset, byteCount: byteCount)
    }

    /// Where the next block can begin, if this one lies between two places; else nil.
    func end(within range: Range<Int>) -> Int? {
        guard offset >= range.lowerBound, offset <= range.upperBound,
            byteCount <= range.upperBound - offset - Self.trailerByteCount
        else { return nil }
        return offset + byteCount + Self.trailerByteCount
    }

    /// Writes the handle.
    func write(to writer: inout ByteWriter) {
        writer.appendVarint(UInt64(offset))
        writer.appendVarint(UInt64(byteCount))
    }

    /// Contents with their trailer, as a table has them.
    static func sealed(_ contents: Bytes) -> Bytes {
        var writer = ByteWriter(capacity: contents.count + trailerByteCount)
        writer.append(contents)
        writer.append(plainKind)
        var checksum = CRC32C()
        checksum.update(contents)
        checksum.update(Bytes([plainKind]))
        writer.appendLittleEndian(checksum.masked)
        return writer.finish()
    }
}

extension CRC32C {
    /// The checksum as LevelDB keeps it.
    ///
    /// - Spec: LevelDB's `util/crc32c.h`.
    var masked: UInt32 { (value >> 15 | value << 17) &+ 0xa282_ead8 }
}
