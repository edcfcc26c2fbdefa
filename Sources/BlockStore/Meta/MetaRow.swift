package import Buffers
import Multiformats

/// The value of a row of a table in `meta/`.
///
///     u8 format (1) | varint number of its entry in the log, 0 where there is none | record
///
/// - Spec: `Docs/formats/meta.md`.
package struct MetaRow: Hashable, Sendable {
    /// The number under which the log has the same; 0 for a row of which it has no copy.
    package let sequence: UInt64
    /// What stands in the row, as its table writes it.
    package let record: Bytes

    package init(sequence: UInt64, record: Bytes) {
        self.sequence = sequence
        self.record = record
    }

    /// Reads a value; nil when it is not one.
    package init?(decoding value: Bytes) {
        var reader = ByteReader(value)
        guard (try? reader.readByte()) == 1, let sequence = try? reader.readVarint(),
            sequence <= Limits.sequenceMax
        else { return nil }
        self.init(sequence: sequence, record: reader.readRest())
    }

    /// Writes what stands before the record.
    static func header(sequence: UInt64) -> Bytes {
        var writer = ByteWriter(capacity: 16)
        writer.append(1)
        writer.appendVarint(sequence)
        return writer.finish()
    }

    /// Writes the value.
    package func encode() -> Bytes {
        [Self.header(sequence: sequence), record].joined(separator: .empty)
    }
}

extension WriteBatch {
    /// Has `meta/` say of a row what the log says.
    mutating func put(_ key: Key, _ version: RowVersion) {
        if let record = version.record {
            put(key, header: MetaRow.header(sequence: version.sequence), payload: record)
        } else {
            delete(key)
        }
    }
}
