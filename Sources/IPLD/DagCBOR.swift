package import Buffers
import Multiformats

/// CBOR with links as tag 42.
///
/// - Spec: ipld dag-cbor.
package enum DagCBOR {
    /// How much a reader insists on.
    package enum Strictness: Sendable {
        /// Canonical only: what encodes back to the same bytes.
        case canonical
        /// For walking through stored blocks: integers and lengths may be longer than needed, floats
        /// shorter, and keys in any order; tags other than 42 and indefinite lengths are refused all
        /// the same.
        case reading
    }

    /// Decodes a block.
    ///
    /// - Throws: `.malformed`, `.tooDeep`, `.tooLarge`.
    package static func decode(
        _ bytes: Bytes, _ strictness: Strictness = .canonical
    ) throws(IPLDError) -> IPLDValue {
        let rules: CBORWalk.Rules = strictness == .canonical ? .canonical : .reading
        return try UndecodedValue(.cbor(CBORWalk(bytes, rules))).decode()
    }

    /// The canonical block of a value: keys sorted by length, then bytes.
    ///
    /// - Parameters:
    ///   - value: what to write.
    ///   - byteCountMax: where to give up.
    /// - Throws: `.form` for numbers that the codec does not have, `.tooDeep`, `.tooLarge`.
    package static func encode(
        _ value: IPLDValue, byteCountMax: Int = Limits.encodedBytesMax
    ) throws(IPLDError) -> Bytes {
        try CBORPrinter.print(value, .canonical, byteCountMax: byteCountMax)
    }

    /// Appends tag 42 with the CID behind the byte of multibase `identity`.
    static func write(link cid: CID, to writer: inout ByteWriter) {
        writer.append([0xd8, 0x2a])
        CBORHead(.bytes, UInt64(cid.byteCount + 1)).write(to: &writer)
        writer.append(0)
        cid.write(to: &writer)
    }

    /// Bytes that `write(link:)` appends.
    static func byteCount(ofLink cid: CID) -> Int {
        2 + CBORHead(.bytes, UInt64(cid.byteCount + 1)).byteCount + 1 + cid.byteCount
    }

    /// Reads the CID in the byte string of tag 42.
    static func cid(inLink bytes: Bytes) throws(IPLDError) -> CID {
        guard bytes.count > 1, bytes[0] == 0 else {
            throw .cbor("invalid multibase on IPLD link")
        }
        do {
            return try CID(bytes: bytes.dropFirst(1))
        } catch {
            throw .cbor("invalid cid: \(error.message)")
        }
    }
}
