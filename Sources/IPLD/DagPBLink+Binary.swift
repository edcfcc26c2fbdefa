import Buffers
import Multiformats

extension DagPBLink {
    /// Decodes the inside of a link: hash, name, size, in this order.
    ///
    /// - Throws: `.malformed`, in the words of go-codec-dagpb.
    init(
        decoding range: Range<Int>, of bytes: Bytes, _ memory: Span<UInt8>
    ) throws(IPLDError) {
        var fields = ProtobufFields(in: range)
        var cid: CID?
        var name: Bytes?
        var tsize: UInt64?
        while !fields.isAtEnd {
            let tag = try fields.readTag(memory)
            switch (tag.field, tag.wire) {
            case (1, 2):
                guard cid == nil else { throw .protobuf("(PBLink) duplicate Hash section") }
                guard name == nil, tsize == nil else {
                    throw .protobuf(
                        "(PBLink) invalid order, found \(name == nil ? "Tsize" : "Name") before Hash"
                    )
                }
                cid = try Self.hash(try fields.readChunk(memory), of: bytes, memory)
            case (2, 2):
                guard name == nil else { throw .protobuf("(PBLink) duplicate Name section") }
                guard tsize == nil else {
                    throw .protobuf("(PBLink) invalid order, found Tsize before Name")
                }
                name = bytes[try fields.readChunk(memory)]
            case (3, 0):
                guard tsize == nil else { throw .protobuf("(PBLink) duplicate Tsize section") }
                tsize = try fields.readNumber(memory)
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

    private static func hash(
        _ range: Range<Int>, of bytes: Bytes, _ memory: Span<UInt8>
    ) throws(IPLDError) -> CID {
        if let cid = CID(usual: memory, in: range) { return cid }
        do {
            return try CID(bytes: bytes[range])
        } catch {
            throw invalidHash(" (invalid cid: \(error.message))")
        }
    }

    private static func invalidHash(_ cause: String) -> IPLDError {
        IPLDError(.malformed, "invalid Hash field found in link, expected CID\(cause)")
    }
}
