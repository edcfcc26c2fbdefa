import Buffers
import Multiformats

extension FuzzTarget {
    static let multiformats = [
        FuzzTarget(text: "cid-text", checkCIDText),
        FuzzTarget("cid-binary", upTo: 4_096, checkCIDBinary),
        FuzzTarget(text: "multibase", checkMultibase),
        FuzzTarget("varint", upTo: 64, checkVarint),
        FuzzTarget("multihash", upTo: 4_096, checkMultihash),
    ]

    private static func checkCIDText(_ text: String) throws {
        let cid = try CID(parsing: text)
        // base2 is left out: a digest of 1,024 bytes has no legal text in it.
        for base in [nil, Multibase.base32, .base36, .base58btc, .base64url, .base16] {
            let written = cid.text(in: base)
            let again = try Finding.ifRefused("\(written) is not read back") {
                try CID(parsing: written)
            }
            try Finding.unless(again == cid, "\(written) is read as another CID")
        }
    }

    private static func checkCIDBinary(_ input: Bytes) throws {
        var reader = ByteReader(input)
        let cid = try CID(reading: &reader)
        try Finding.unless(cid.bytes == input.prefix(reader.offset), "a CID has other bytes")
        try Finding.unless(cid.byteCount == reader.offset, "a CID has another length")
        try Finding.unless(cid.asV1.version == .v1, "a CID has no version 1")
        _ = (cid.asV0, cid.identityContent, cid.hashValue)
    }

    private static func checkMultibase(_ text: String) throws {
        let (base, bytes) = try Multibase.decode(text)
        if base == .identity, bytes.utf8Text == nil { return }
        let again = try Finding.ifRefused("\(base.name) is not read back") {
            try Multibase.decode(base.encode(bytes))
        }
        try Finding.unless(again.base == base && again.bytes == bytes, "\(base.name) loses bytes")
    }

    private static func checkVarint(_ input: Bytes) throws {
        var reader = ByteReader(input)
        if let number = try? reader.readVarint() {
            var writer = ByteWriter()
            writer.appendVarint(number)
            try Finding.unless(
                writer.finish() == input.prefix(reader.offset), "\(number) has two forms")
            try Finding.unless(
                Varint.byteCount(of: number) == reader.offset, "\(number) has another length")
        }
        reader = ByteReader(input)
        let number = try reader.readProtobufVarint()
        var writer = ByteWriter()
        writer.appendVarint(number)
        reader = ByteReader(writer.finish())
        let again = try Finding.ifRefused("\(number) is not read back") {
            try reader.readProtobufVarint()
        }
        try Finding.unless(again == number, "\(number) is read as another number")
    }

    private static func checkMultihash(_ input: Bytes) throws {
        var reader = ByteReader(input)
        let multihash = try Multihash(reading: &reader)
        try Finding.unless(
            multihash.bytes == input.prefix(reader.offset), "a multihash has other bytes")
        try Finding.unless(multihash.byteCount == reader.offset, "a multihash has another length")
        let copy = Multihash(code: multihash.code, digest: multihash.digest)
        try Finding.unless(
            copy == multihash && copy.hashValue == multihash.hashValue, "a digest is not its own")
        _ = multihash.code.description
    }
}
