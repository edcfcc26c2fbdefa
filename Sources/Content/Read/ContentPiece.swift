package import Buffers
import IPLD
import Multiformats
import UnixFS

/// A piece of content on its way to a client, and where it can be had again.
package struct ContentPiece: Sendable {
    /// The bytes, as a rule a slice of a block.
    package let bytes: Bytes
    /// Where they come from; nil for what was made on the way, which is small.
    package let origin: Origin?

    init(_ bytes: Bytes, origin: Origin? = nil) {
        self.bytes = bytes
        self.origin = origin
    }

    /// A part of a block as it stands there.
    init(_ range: Range<Int>, of block: Block) {
        self.init(
            block.bytes[range], origin: Origin(block.cid, isInsideNode: false, range: range))
    }

    /// Bytes that were made on the way and cannot be had again.
    package init(made bytes: Bytes) { self.init(bytes) }

    /// Bytes of one block. A client that stops reading lets the block go, and has it read again when
    /// it goes on.
    package struct Origin: Sendable {
        let cid: CID
        /// Whether the range counts inside the file bytes of a UnixFS node, not in the whole block.
        let isInsideNode: Bool
        let range: Range<Int>

        init(_ cid: CID, isInsideNode: Bool, range: Range<Int>) {
            self.cid = cid.compacted()
            self.isInsideNode = isInsideNode
            self.range = range
        }

        /// Reads the bytes again.
        ///
        /// - Throws: as `BlockReader.block(_:)`; the block was here before.
        package func read(from reader: BlockReader) throws(ContentError) -> Bytes {
            let block = try reader.named(cid)
            guard isInsideNode else { return block.bytes[range] }
            do {
                guard case .file(let node) = try UnixFSNode.read(block) else {
                    throw UnixFSError(.malformed, "block \(cid) is no file")
                }
                return node.data[range]
            } catch {
                throw ContentError(error, in: cid)
            }
        }
    }
}
