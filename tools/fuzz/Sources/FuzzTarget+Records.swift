import BlockStore
import Buffers
import JSON
import Multiformats
import Node

extension FuzzTarget {
    static let records = [
        FuzzTarget("configuration", upTo: 16_384, checkConfiguration),
        FuzzTarget("stored-value", upTo: 4_096, checkStoredValue),
        FuzzTarget("stored-row", upTo: 4_096, checkStoredRow),
        FuzzTarget("pin-record", upTo: 4_096, checkPinRecord),
        FuzzTarget("meta-records", upTo: 256, checkMetaRecords),
    ]

    private static func checkConfiguration(_ input: Bytes) throws {
        _ = try? ConfigurationReader.read(file: input, path: "config.json")
        let value = try JSONReader.read(input)
        var indented = ""
        value.writeIndented { indented += $0.displayText }
        for text in [value.jsonText, indented] {
            let again = try Finding.ifRefused("\(text) is not read back") {
                try JSONReader.read(Bytes(utf8: text))
            }
            try Finding.unless(again.jsonText == value.jsonText, "\(text) loses something")
        }
        try checkStream(input, of: value)
    }

    /// What is read whole is the same when it arrives byte by byte.
    private static func checkStream(_ input: Bytes, of value: JSONValue) throws {
        var stream = JSONStream(
            .whole, elementByteCountMax: input.count, valueByteCountMax: Int.max)
        var texts: [String] = []
        func take(_ event: JSONStream.Event) {
            if case .value(let value, _) = event { texts.append(value.jsonText) }
        }
        try Finding.ifRefused("a stream refuses what is JSON") {
            for byte in input.array { try stream.feed([byte], take) }
            try stream.finish(take)
        }
        try Finding.unless(texts == [value.jsonText], "a stream has other values than a text")
    }

    private static func checkStoredValue(_ input: Bytes) throws {
        let value = try StoredValue(decoding: input)
        let cid = CID.v1(value.codec, value.multihash)
        let block = VerifiedBlock(cid: cid, alreadyHashed: value.bytes)
        let written = Bytes(StoredValue.header(of: block).array + value.bytes.array)
        let again = try Finding.ifRefused("a stored value is not read back") {
            try StoredValue(decoding: written)
        }
        try Finding.unless(
            again.isIntact && again.codec == value.codec && again.multihash == value.multihash
                && again.bytes == value.bytes, "a stored value loses something")
    }

    /// The key, a record and whether there is one are taken from the input, too: few inputs have the checksum of
    /// what they say.
    private static func checkStoredRow(_ input: Bytes) throws {
        if let row = try? StoredRow(decoding: input) {
            let written = row.header.appending(row.record ?? .empty)
            try Finding.unless(written == input, "a row of the log has two forms")
        }
        let key = Key(input.prefix(64).array)
        for record in [input.dropFirst(64), nil] as [Bytes?] {
            let row = StoredRow(key: key, record: record)
            let written = row.header.appending(record ?? .empty)
            let again = try Finding.ifRefused("a row of the log is not read back") {
                try StoredRow(decoding: written)
            }
            try Finding.unless(again == row, "a row of the log loses something")
        }
    }

    /// A byte with the length of the key, the key, and the value.
    private static func checkPinRecord(_ input: Bytes) throws {
        var reader = ByteReader(input)
        let bytes = try reader.read(Int(try reader.readByte()))
        guard let key = PinKey(decoding: bytes),
            let record = Pin.table.record(decoding: reader.readRest())
        else { return }
        try Finding.unless(PinKey(decoding: key.encoded) == key, "a pin has another key")
        let written = Pin.table.encode(record)
        guard let again = Pin.table.record(decoding: written) else {
            throw Finding(description: "a pin is not read back")
        }
        try Finding.unless(
            again == record && Pin.table.encode(again) == written, "a pin loses something")
    }

    private static func checkMetaRecords(_ input: Bytes) throws {
        if let entry = IndexEntry(decoding: input) {
            try Finding.unless(entry.encode() == input, "an index entry has two forms")
        }
        if let row = MetaRow(decoding: input) {
            try Finding.unless(row.encode() == input, "a row of meta/ has two forms")
        }
        if let mark = HighWaterMark(decoding: input) {
            try Finding.unless(mark.encode() == input, "a high-water mark has two forms")
        }
        if let end = try? LogEnd(decoding: input) {
            try Finding.unless(end.encode() == input, "what the log says of itself has two forms")
        }
        if let record = QuarantineRecord(decoding: input) {
            try Finding.unless(record.encode() == input, "a quarantine record has two forms")
        }
    }
}
