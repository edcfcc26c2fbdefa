package import Buffers
import Multiformats
import Vault

/// What the log keeps of itself beside its entries, under number 0, which no entry has. It goes with every batch
/// that takes entries out without others in their places: then the last entry no longer says how far the log
/// went, and nothing in it says any more what `meta/` has taken out.
///
///     u8 format (3) | varint last sequence | varint changes of meta/ | u32 checksum
///
/// The checksum is the CRC-32C, little-endian, of everything before it, in later formats too.
///
/// - Spec: `Docs/formats/blocks.md`; `Docs/decisions/0021-each-database-knows-how-far-the-other-was.md`.
package struct LogEnd: Hashable, Sendable {
    /// Where it is.
    package static let key = Key(sequence: 0)
    private static let format: UInt8 = 3

    /// The last number that the log had: that of the batch.
    package var last: UInt64
    /// How far `meta/` was on disk: `HighWaterMark.changeCount`.
    package var metaChangeCount: UInt64

    package init(last: UInt64, metaChangeCount: UInt64) {
        self.last = last
        self.metaChangeCount = metaChangeCount
    }

    /// Reads a value.
    ///
    /// - Throws: `.damaged`; `.newerFormat` for one that is whole and not of this version.
    package init(decoding value: Bytes) throws(StoredValueError) {
        guard value.count > 4, Self.checksum(value.dropLast(4)) == value.dropFirst(value.count - 4)
        else {
            throw .damaged
        }
        guard value[0] == Self.format else { throw .newerFormat }
        var reader = ByteReader(value.dropFirst(1).dropLast(4))
        guard let last = try? reader.readVarint(), last <= Limits.sequenceMax,
            let count = try? reader.readVarint(), count <= Limits.sequenceMax, reader.isAtEnd
        else { throw .damaged }
        self.init(last: last, metaChangeCount: count)
    }

    /// Writes the value.
    package func encode() -> Bytes {
        var writer = ByteWriter(capacity: 32)
        writer.append(Self.format)
        writer.appendVarint(last)
        writer.appendVarint(metaChangeCount)
        let head = writer.finish()
        return head.appending(Self.checksum(head))
    }

    private static func checksum(_ head: Bytes) -> Bytes {
        var checksum = CRC32C()
        checksum.update(head)
        var writer = ByteWriter(capacity: 4)
        writer.appendLittleEndian(checksum.value)
        return writer.finish()
    }
}

extension LogScan {
    /// How far the log went at least, and what it says of `meta/`. A record that is damaged at two looks says
    /// nothing.
    ///
    /// - Throws: `.newerVersion`; what the disk does not give.
    func end() throws -> LogEnd {
        var end = LogEnd(last: 0, metaChangeCount: 0)
        for _ in 0..<2 {
            do {
                guard let value = try database.value(for: LogEnd.key) else { break }
                end = try LogEnd(decoding: value)
                break
            } catch StoredValueError.newerFormat {
                throw BlockStoreError(
                    .newerVersion,
                    "blocks/ holds an entry of a later version of Holdfast: install that version")
            } catch StoredValueError.damaged {
                continue
            } catch let error as DatabaseError where error.kind == .corruption {
                continue
            }
        }
        end.last = max(end.last, try lastSequence())
        return end
    }
}
