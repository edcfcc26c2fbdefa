package import Buffers

/// What the rows of a table are found by. Rows lie in the order of its bytes.
package protocol TableKey: Hashable, Sendable {
    /// Reads it; nil where the bytes are none.
    init?(decoding bytes: Bytes)

    /// Its bytes, of which there is one form: integers are big-endian, so that they sort.
    var encoded: Bytes { get }
}

/// What stands in a row of a table.
package protocol TableRecord: Sendable {
    /// What the first byte of a row says. A row with another one is of a later version, or damaged.
    static var format: UInt8 { get }

    /// Reads what stands behind the first byte.
    ///
    /// - Throws: anything, where that is no record.
    init(reading reader: inout ByteReader) throws

    /// Writes what stands behind the first byte.
    func write(to writer: inout ByteWriter)
}

/// What the rows of a table outlive, beside a crash.
package enum TableDurability: Sendable {
    /// The loss of `meta/`: the log of blocks has a copy of each.
    case kept
    /// Nothing else: they can be made anew from what is kept. The cursors of followers are such rows, so a
    /// follower that fills such a table begins anew where that was lost, and fills it again.
    case derived
}

/// A table of `meta/`: the names of its rows and what stands in them, in their form on disk. A value that
/// the module keeps which owns the table; the rows are the store's.
///
/// - Spec: `Docs/formats/meta.md`.
package struct Table<RowKey: TableKey, Record: TableRecord>: Sendable {
    /// The first byte of the keys of its rows.
    package let letter: UInt8
    /// What a row is called in an error: `pin`.
    package let rowName: String
    /// What its rows outlive.
    package let durability: TableDurability

    /// - Parameters:
    ///   - letter: of no other table; an ASCII letter.
    ///   - rowName: what a row is called in an error.
    ///   - durability: what its rows outlive.
    package init(
        _ letter: Unicode.Scalar, rowName: String, durability: TableDurability = .kept
    ) {
        precondition(
            !MetaKey.storeTables.contains(UInt8(ascii: letter)), "a letter of the store's own")
        self.letter = UInt8(ascii: letter)
        self.rowName = rowName
        self.durability = durability
    }

    /// Where a row is in `meta/`.
    package func place(of key: RowKey) -> Key { Key([letter] + key.encoded.array) }

    /// What stands in a row.
    package func encode(_ record: Record) -> Bytes {
        var writer = ByteWriter(capacity: 64)
        writer.append(Record.format)
        record.write(to: &writer)
        return writer.finish()
    }

    /// Reads what stands in a row; nil where it is damaged or of a later version.
    package func record(decoding value: Bytes) -> Record? {
        var reader = ByteReader(value)
        guard (try? reader.readByte()) == Record.format,
            let record = try? Record(reading: &reader), reader.isAtEnd
        else { return nil }
        return record
    }

    /// Reads a row; nil where key or record are damaged or of a later version.
    ///
    /// - Parameters:
    ///   - place: where it is in `meta/`.
    ///   - value: its record.
    package func row(_ place: Key, _ value: Bytes) -> Row? {
        guard let key = RowKey(decoding: MetaKey.rest(of: place)), self.place(of: key) == place,
            let record = record(decoding: value)
        else { return nil }
        return Row(key: key, record: record)
    }

    /// A row with its key.
    package struct Row: Sendable {
        package let key: RowKey
        package let record: Record
    }
}
