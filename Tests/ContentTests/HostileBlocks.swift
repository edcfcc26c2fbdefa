import Buffers
import Content
import IPLD
import Multiformats
import UnixFS
import Vault

/// Blocks that anybody can make, stored as they are.
struct HostileBlocks {
    let scratch: ScratchLibrary
    private let writer: BlockWriter

    init(_ scratch: ScratchLibrary) {
        self.scratch = scratch
        writer = BlockWriter(scratch.access, allowsBigBlocks: true)
    }

    func store(_ bytes: Bytes, _ codec: Multicodec) throws -> CID {
        var naming = BlockWriter.Naming()
        naming.codec = codec
        return try writer.put(bytes, naming: naming)
    }

    func raw(_ text: String) throws -> CID { try store(Bytes(utf8: text), .raw) }

    /// A dag-pb node that is a folder, or has only links.
    func node(_ links: [(name: String, cid: CID)], isFolder: Bool = true) throws -> CID {
        try store(Self.encode(links, isFolder: isFolder), .dagPB)
    }

    static func encode(_ links: [(name: String, cid: CID)], isFolder: Bool = true) -> Bytes {
        DagPBNode(
            links: links.map { DagPBLink(cid: $0.cid, name: $0.name, tsize: 1) },
            data: isFolder ? UnixFSData(type: .directory).encode() : nil
        ).encode()
    }

    /// A CID that holds its content itself.
    static func identity(_ bytes: Bytes, _ codec: Multicodec) -> CID {
        .v1(codec, Multihash(code: .identity, digest: bytes))
    }

    /// A chain of blocks, each with a link to the one before.
    func chain(_ count: Int, below end: CID) throws -> CID {
        var last = end
        for number in 0..<count { last = try node([("\(number)", last)]) }
        return last
    }
}
