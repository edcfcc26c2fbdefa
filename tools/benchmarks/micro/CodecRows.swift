import Buffers
import IPLD
import Multiformats
import Vault

/// Codecs over data of the size that they meet in practice.
enum CodecRows {
    static func measure(into table: MicroTable) throws {
        try measureTexts(into: table)
        try measureNodes(into: table)
        try measureValues(into: table)
        try measureArchive(into: table)
    }

    private static func measureTexts(into table: MicroTable) throws {
        let cid = CID.v1(.raw, try HashFunction.sha2_256.multihash(of: MicroData.noise(100)))
        let text = cid.text()
        let bytes = cid.bytes
        try table.row(
            "CID to base32", byteCount: bytes.count, anchor: { MicroData.copy(bytes) },
            work: { MicroData.keep(cid.text().utf8.count) })
        try table.row(
            "CID from base32", byteCount: text.utf8.count, anchor: { MicroData.copy(bytes) },
            work: { MicroData.keep(try CID(parsing: text).byteCount) })
        let old = CID.v0(cid.multihash).text()
        try table.row(
            "CID from base58", byteCount: old.utf8.count, anchor: { MicroData.copy(bytes) },
            work: { MicroData.keep(try CID(parsing: old).byteCount) })
    }

    private static func measureNodes(into table: MicroTable) throws {
        let links = try (0..<174).map { index in
            DagPBLink(
                cid: .v1(.raw, try HashFunction.sha2_256.multihash(of: Bytes([UInt8(index)]))),
                name: "", tsize: 262_158)
        }
        let node = DagPBNode(links: links, data: MicroData.noise(600))
        let encoded = node.encode()
        try table.row(
            "dag-pb encode, 174 links", byteCount: encoded.count,
            anchor: { MicroData.copy(encoded) }, work: { MicroData.keep(node.encode().count) })
        try table.row(
            "dag-pb decode, 174 links", byteCount: encoded.count,
            anchor: { MicroData.copy(encoded) },
            work: { MicroData.keep(try DagPBNode(decoding: encoded).links.count) })
    }

    private static func measureValues(into table: MicroTable) throws {
        let entries = (0..<500).map { index in
            IPLDValue.Entry(
                key: "key-\(1000 + index)",
                value: .list([.integer(Int128(index)), .string("a value"), .bool(true)]))
        }
        let value = IPLDValue.map(entries)
        let cbor = try DagCBOR.encode(value)
        let json = try DagJSON.encode(value)
        try table.row(
            "dag-cbor encode", byteCount: cbor.count, anchor: { MicroData.copy(cbor) },
            work: { MicroData.keep(try DagCBOR.encode(value).count) })
        try table.row(
            "dag-cbor decode", byteCount: cbor.count, anchor: { MicroData.copy(cbor) },
            work: { _ = try DagCBOR.decode(cbor) })
        try table.row(
            "dag-json encode", byteCount: json.count, anchor: { MicroData.copy(json) },
            work: { MicroData.keep(try DagJSON.encode(value).count) })
        try table.row(
            "dag-json decode", byteCount: json.count, anchor: { MicroData.copy(json) },
            work: { _ = try DagJSON.decode(json) })
    }

    private static func measureArchive(into table: MicroTable) throws {
        let block = MicroData.noise(256 << 10)
        let cid = CID.v1(.raw, try HashFunction.sha2_256.multihash(of: block))
        var writer = ByteWriter()
        writer.append(CARWriter.header(roots: [cid]))
        for _ in 0..<32 {
            writer.append(CARWriter.sectionHead(cid: cid, payloadCount: block.count))
            writer.append(block)
        }
        let archive = writer.finish()
        try table.row(
            "CAR read, blocks of 256 KiB", byteCount: archive.count,
            anchor: { MicroData.copy(archive) }, work: { MicroData.keep(try read(archive)) })
    }

    private static func read(_ archive: Bytes) throws -> Int {
        var reader = CARReader()
        var count = 0
        for offset in stride(from: 0, to: archive.count, by: 1 << 20) {
            reader.feed(archive.dropFirst(offset).prefix(1 << 20))
            while let event = try reader.next() {
                if case .block(let block) = event { count += block.bytes.count }
            }
        }
        try reader.finish()
        return count
    }
}
