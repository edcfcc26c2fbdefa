package import Buffers
package import Multiformats

/// Bytes with their name. That the bytes have this digest is the caller's to know.
package struct Block: Sendable {
    package let cid: CID
    package let bytes: Bytes

    @inline(__always)
    package init(cid: CID, bytes: Bytes) {
        self.cid = cid
        self.bytes = bytes
    }

    /// The same without the rest of the buffer that it was cut from.
    package func detached() -> Block { Block(cid: cid.compacted(), bytes: bytes.detached()) }
}
