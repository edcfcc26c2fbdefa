package import Buffers

extension Multihash {
    /// Reads one multihash and leaves what follows it.
    ///
    /// - Throws: `.digest`, `.digestTooLarge` or `.varint`, in the words of go-multihash.
    /// - Spec: multiformats/multihash; IPIP-512 for identity digests.
    package init(reading reader: inout ByteReader) throws(MultiformatsError) {
        let code = MultihashCode(rawValue: try reader.readVarint())
        let length = try reader.readVarint()
        guard code != .identity || length <= UInt64(Limits.identityDigestBytesMax) else {
            throw .identityTooLarge(length)
        }
        guard length <= UInt64(reader.remaining), length <= UInt64(Limits.digestBytesMax) else {
            throw MultiformatsError(
                .digest, "length greater than remaining number of bytes in buffer")
        }
        do {
            self.init(code: code, digest: try reader.read(length))
        } catch {
            throw MultiformatsError(.digest, "multihash too short. must be >= 2 bytes")
        }
    }

    /// Reads a multihash that takes all of the bytes.
    ///
    /// - Throws: as `init(reading:)`, and `.digest` for bytes left over.
    package init(bytes: Bytes) throws(MultiformatsError) {
        var reader = ByteReader(bytes)
        self = try Multihash(reading: &reader)
        guard reader.isAtEnd else {
            throw MultiformatsError(
                .digest,
                "multihash length inconsistent: expected \(bytes.count); got \(reader.offset)")
        }
    }

    /// How many bytes `write` appends.
    package var byteCount: Int {
        let length = digestCount
        return Varint.byteCount(of: code.rawValue) + Varint.byteCount(of: UInt64(length)) + length
    }

    /// Appends code, length and digest.
    package func write(to writer: inout ByteWriter) {
        writer.appendVarint(code.rawValue)
        writer.appendVarint(UInt64(digestCount))
        writeDigest(to: &writer)
    }

    /// Code, length and digest.
    package var bytes: Bytes {
        var writer = ByteWriter(capacity: byteCount)
        write(to: &writer)
        return writer.finish()
    }
}

extension MultiformatsError {
    /// Refuses an identity digest over the limit of IPIP-512, in boxo's words.
    package static func identityTooLarge(_ count: UInt64) -> MultiformatsError {
        MultiformatsError(
            .digestTooLarge,
            "digest too large: identity digest got \(count) bytes, maximum "
                + "\(Limits.identityDigestBytesMax)")
    }
}
