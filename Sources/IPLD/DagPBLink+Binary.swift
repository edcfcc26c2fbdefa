import Buffers
import Multiformats

extension DagPBLink {
    /// Decodes the inside of a link: hash, name, size, in this order.
    ///
    /// - Throws: `.malformed`, in the words of go-codec-dagpb.
    init(decoding bytes: Bytes) throws(IPLDError) {
        var reader = ByteReader(bytes)
        var cid: CID?
        var name: Bytes?
        var tsize: UInt64?
        while !reader.isAtEnd {
            let tag = try reader.readTag()
            switch (tag.field, tag.wire) {
            case (1, 2):
                guard cid == nil else { throw .protobuf("(PBLink) duplicate Hash section") }
                guard name == nil, tsize == nil else {
                    throw .protobuf(
                        "(PBLink) invalid order, found \(name == nil ? "Tsize" : "Name") before Hash"
                    )
                }
                cid = try Self.hash(try reader.readChunk())
            case (2, 2):
                guard name == nil else { throw .protobuf("(PBLink) duplicate Name section") }
                guard tsize == nil else {
                    throw .protobuf("(PBLink) invalid order, found Tsize before Name")
                }
                name = try reader.readChunk()
            case (3, 0):
                guard tsize == nil else { throw .protobuf("(PBLink) duplicate Tsize section") }
                tsize = try reader.readNumber()
            default: throw .protobuf("(PBLink) \(tag.refusal(expecting: "1, 2 or 3"))")
            }
        }
        guard let cid else { throw Self.invalidHash("") }
        self.init(cid: cid, nameBytes: name, tsize: tsize)
    }

    /// The inside's length.
    var encodedCount: Int {
        var count = DagPBNode.chunkCount(cid.byteCount)
        if let nameBytes { count += DagPBNode.chunkCount(nameBytes.count) }
        if let tsize { count += 1 + Varint.byteCount(of: tsize) }
        return count
    }

    /// Appends the inside.
    func write(to writer: inout ByteWriter) {
        writer.append(0x0a)
        writer.appendVarint(UInt64(cid.byteCount))
        cid.write(to: &writer)
        if let nameBytes {
            writer.append(0x12)
            writer.appendVarint(UInt64(nameBytes.count))
            writer.append(nameBytes)
        }
        if let tsize {
            writer.append(0x18)
            writer.appendVarint(tsize)
        }
    }

    private static func hash(_ bytes: Bytes) throws(IPLDError) -> CID {
        do {
            return try CID(bytes: bytes)
        } catch {
            throw invalidHash(" (invalid cid: \(error.message))")
        }
    }

    private static func invalidHash(_ cause: String) -> IPLDError {
        IPLDError(.malformed, "invalid Hash field found in link, expected CID\(cause)")
    }
}
