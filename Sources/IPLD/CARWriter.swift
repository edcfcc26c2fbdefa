package import Buffers
package import Multiformats

/// Writes the parts of a CAR of version 1; the payload itself follows a head without being copied.
///
/// - Spec: ipld CARv1.
package enum CARWriter {
    /// The header, with its length in front: keys in the order roots, version.
    package static func header(roots: [CID]) -> Bytes {
        var body = ByteWriter(capacity: 32 + roots.count * 48)
        body.append([0xa2, 0x65])
        body.append(utf8: "roots")
        CBORHead(.list, UInt64(roots.count)).write(to: &body)
        for root in roots { DagCBOR.write(link: root, to: &body) }
        body.append(0x67)
        body.append(utf8: "version")
        body.append(0x01)
        let bytes = body.finish()
        var writer = ByteWriter(capacity: bytes.count + Varint.byteCount(of: UInt64(bytes.count)))
        writer.appendVarint(UInt64(bytes.count))
        writer.append(bytes)
        return writer.finish()
    }

    /// What stands before a block: the section's length and the CID.
    ///
    /// - Parameters:
    ///   - cid: the block's name, as the link to it had it.
    ///   - payloadCount: how many bytes of block follow.
    /// - Returns: length and CID.
    package static func sectionHead(cid: CID, payloadCount: Int) -> Bytes {
        let cidCount = cid.byteCount
        let sectionCount = UInt64(cidCount + payloadCount)
        var writer = ByteWriter(capacity: cidCount + Varint.byteCount(of: sectionCount))
        writer.appendVarint(sectionCount)
        cid.write(to: &writer)
        return writer.finish()
    }
}
