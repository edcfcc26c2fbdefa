import Buffers
import IPLD
import Multiformats
import UnixFS
import Vault

/// Blocks in memory: where the tests store what they build, and read it back from.
///
/// Everything that is stored is checked first: at most 2 MiB, decodes, and encodes back to the same
/// bytes.
final class MemoryBlocks: BlockSource {
    private var blocks: [CID: Bytes] = [:]
    /// Blocks that were asked for, in order.
    private(set) var asked: [CID] = []
    /// Leaves of huge inputs are hashed and dropped.
    let keepsLeaves: Bool

    init(keepsLeaves: Bool = true) { self.keepsLeaves = keepsLeaves }

    var count: Int { blocks.count }

    func block(_ cid: CID) throws -> Bytes {
        asked.append(cid)
        if let content = cid.identityContent { return content }
        guard let bytes = blocks[cid] else { throw MissingBlock(cid: cid) }
        return bytes
    }

    /// A seal for builders: hashes as the options say and stores.
    func sealer(_ options: ImportOptions) throws -> (Bytes, Multicodec) throws -> CID {
        let function = try HashFunction(code: options.hash)
        return { bytes, codec in
            let cid = try options.cid(of: bytes, codec: codec) { try function.multihash(of: $0) }
            try self.check(bytes, codec)
            if !cid.isIdentity, self.keepsLeaves || codec == .dagPB && bytes.count < 1 << 17 {
                self.blocks[cid] = bytes
            }
            return cid
        }
    }

    func store(_ bytes: Bytes, _ codec: Multicodec = .dagPB) throws -> CID {
        let cid = CID.v1(codec, try HashFunction.sha2_256.multihash(of: bytes))
        blocks[cid] = bytes
        return cid
    }

    func remove(_ cid: CID) { blocks[cid] = nil }

    private func check(_ bytes: Bytes, _ codec: Multicodec) throws {
        guard bytes.count <= 2 << 20 else { throw BadBlock(reason: "over 2 MiB") }
        guard codec == .dagPB else { return }
        let node = try DagPBNode(decoding: bytes)
        guard try same(node.encode(), bytes) else { throw BadBlock(reason: "dag-pb differs") }
        guard let data = node.data else { throw BadBlock(reason: "no data") }
        guard try same(UnixFSData(decoding: data).encode(), data) else {
            throw BadBlock(reason: "UnixFS data differs")
        }
    }

    /// Comparing digests is faster than comparing bytes in debug builds.
    private func same(_ left: Bytes, _ right: Bytes) throws -> Bool {
        try HashFunction.sha2_256.multihash(of: left)
            == HashFunction.sha2_256.multihash(of: right)
    }
}

struct MissingBlock: Error, Equatable {
    let cid: CID
}

struct BadBlock: Error {
    let reason: String
}
