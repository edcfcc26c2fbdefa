package import Buffers
import Multiformats
import Vault

/// The value of an entry of the log that is a row of a table: what a change made of it.
///
///     u8 format (2) | u8 flags (bit 0: removed) | varint key length | key | u32 checksum | record
///
/// The checksum is the CRC-32C, little-endian, of the record and then of everything before the checksum.
///
/// - Spec: `Docs/formats/blocks.md`; `Docs/decisions/0020-rows-are-entries-of-the-log.md`.
package struct StoredRow: Hashable, Sendable {
    /// What the first byte of a value says.
    package static let format: UInt8 = 2
    private static let removedFlag: UInt8 = 1

    /// Where the row is in `meta/`: the letter of its table, and its key there.
    package let key: Key
    /// What stands in it; nil where it was removed.
    package let record: Bytes?

    package init(key: Key, record: Bytes?) {
        self.key = key
        self.record = record
    }

    /// Whether a value, or its head, says that it is a row.
    static func isRow(_ value: Bytes) -> Bool { !value.isEmpty && value[0] == format }

    /// Reads a value, and checks it.
    ///
    /// - Parameter value: all bytes of it.
    /// - Throws: `.damaged`, also for a block; `.newerFormat`.
    package init(decoding value: Bytes) throws(StoredValueError) {
        var reader = ByteReader(value)
        do {
            let format = try reader.readByte()
            guard format == Self.format else {
                throw format > Self.format ? StoredValueError.newerFormat : .damaged
            }
            let flags = try reader.readByte()
            let count = try reader.readVarint()
            guard flags & ~Self.removedFlag == 0, count <= UInt64(Limits.rowKeyBytesMax) else {
                throw StoredValueError.damaged
            }
            let key = Key(try reader.read(count).array)
            let head = value.prefix(value.count - reader.remaining)
            let checksum: UInt32 = try reader.readLittleEndian()
            let record = reader.readRest()
            let isRemoved = flags & Self.removedFlag != 0
            guard Self.checksum(record, head) == checksum, !isRemoved || record.isEmpty,
                record.count <= Limits.rowBytesMax
            else { throw StoredValueError.damaged }
            self.init(key: key, record: isRemoved ? nil : record)
        } catch StoredValueError.newerFormat {
            throw .newerFormat
        } catch {
            throw .damaged
        }
    }

    /// Writes what stands before the record.
    package var header: Bytes {
        var writer = ByteWriter(capacity: 64 + key.bytes.count)
        writer.append(Self.format)
        writer.append(record == nil ? Self.removedFlag : 0)
        writer.appendVarint(UInt64(key.bytes.count))
        writer.append(key.bytes)
        let head = writer.takeBytes(nextCapacity: 64 + key.bytes.count)
        writer.append(head)
        writer.appendLittleEndian(Self.checksum(record ?? .empty, head))
        return writer.finish()
    }

    /// What it takes in a batch, but for a few bytes.
    var byteCount: Int { key.bytes.count + (record?.count ?? 0) }

    private static func checksum(_ record: Bytes, _ head: Bytes) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(record)
        checksum.update(head)
        return checksum.value
    }
}

extension Database {
    /// Whether the log has the entry of a row, whole, at a number.
    ///
    /// - Throws: where the database does not tell: that says nothing about the entry.
    func holds(_ entry: StoredRow, at sequence: UInt64) throws(DatabaseError) -> Bool {
        do throws(DatabaseError) {
            let value = try value(for: Key(sequence: sequence))
            return value.flatMap { try? StoredRow(decoding: $0) } == entry
        } catch {
            guard error.kind == .corruption else { throw error }
            return false
        }
    }
}
