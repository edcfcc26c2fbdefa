package import Buffers
import IPLD
package import Multiformats

/// Writes symlinks. Their target is kept as it is, dangling or not; they never carry a mode.
package enum Symlink {
    /// The block of a symlink, a dag-pb node without links.
    ///
    /// - Parameters:
    ///   - target: the text of the link.
    ///   - mtime: time of its last change, if it is to be kept.
    /// - Returns: the bytes of the block.
    package static func encode(target: Bytes, mtime: ModificationTime? = nil) -> Bytes {
        var message = UnixFSData(type: .symlink)
        message.data = target
        message.metadata.mtime = mtime
        return DagPBNode(links: [], data: message.encode()).encode()
    }

    /// Encodes and seals a symlink.
    ///
    /// - Parameters:
    ///   - target: the text of the link.
    ///   - mtime: time of its last change, if it is to be kept.
    ///   - seal: hashes and stores the block.
    /// - Returns: the sealed node.
    /// - Throws: what `seal` throws.
    package static func build(
        target: Bytes, mtime: ModificationTime? = nil, seal: (Bytes, Multicodec) throws -> CID
    ) throws -> Child {
        let block = encode(target: target, mtime: mtime)
        return Child(
            cid: try seal(block, .dagPB), fileByteCount: 0, tsize: UInt64(block.count))
    }
}
