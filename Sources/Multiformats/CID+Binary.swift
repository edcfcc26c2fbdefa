package import Buffers

extension CID {
    /// Reads one CID of either version and leaves what follows it.
    ///
    /// - Throws: `.cid`, `.digest`, `.digestTooLarge` or `.varint`, in the words of go-cid.
    /// - Spec: multiformats/cid.
    package init(reading reader: inout ByteReader) throws(MultiformatsError) {
        if reader.peek == 0x12, reader.startsWithVersion0 {
            let multihash = try Multihash(reading: &reader)
            self = .v0(multihash)
            return
        }
        let version = try reader.readVarint()
        guard version == 1 else {
            throw MultiformatsError(.cid, "expected 1 as the cid version number, got: \(version)")
        }
        let codec = Multicodec(rawValue: try reader.readVarint())
        self = .v1(codec, try Multihash(reading: &reader))
    }

    /// Reads a CID that takes all of the bytes.
    ///
    /// - Throws: as `init(reading:)`, and `.cid` for bytes left over.
    package init(bytes: Bytes) throws(MultiformatsError) {
        if let cid = bytes.withByteSpan({ CID(usual: $0, in: 0..<$0.count) }) {
            self = cid
            return
        }
        var reader = ByteReader(bytes)
        self = try CID(reading: &reader)
        guard reader.isAtEnd else {
            throw MultiformatsError(.cid, "trailing bytes in data buffer passed to cid Cast")
        }
    }

    /// How many bytes `write` appends.
    package var byteCount: Int {
        switch version {
        case .v0: multihash.byteCount
        case .v1: 1 + Varint.byteCount(of: codec.rawValue) + multihash.byteCount
        }
    }

    /// Appends the binary form.
    package func write(to writer: inout ByteWriter) {
        if version == .v1 {
            writer.append(1)
            writer.appendVarint(codec.rawValue)
        }
        multihash.write(to: &writer)
    }

    /// The binary form.
    package var bytes: Bytes {
        var writer = ByteWriter(capacity: byteCount)
        write(to: &writer)
        return writer.finish()
    }
}

extension ByteReader {
    /// Whether the next two bytes open a SHA2-256 multihash of 32 bytes, which is a CIDv0.
    fileprivate var startsWithVersion0: Bool {
        var ahead = self
        guard let code = try? ahead.readByte(), let length = try? ahead.readByte() else {
            return false
        }
        return code == 0x12 && length == 32
    }
}
