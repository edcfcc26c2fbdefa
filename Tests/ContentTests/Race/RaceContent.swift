import BlockStore
import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import UnixFS
import Vault

/// A few small DAGs that share blocks: what all threads of a schedule work on.
struct RaceContent: Sendable {
    /// A root with all blocks that a recursive pin of it keeps.
    struct DAG: Sendable {
        let root: CID
        let blocks: [CID]
    }

    private static let leafByteCount = 16

    let dags: [DAG]
    let blocks: [CID]
    /// Of every block.
    let bytes: [CID: Bytes]
    /// What becomes the last of the DAGs.
    let file: Bytes
    let fileOptions: ImportOptions

    init() throws {
        let leafBytes = (0..<6).map { number in
            Bytes([UInt8](repeating: UInt8(number), count: Self.leafByteCount))
        }
        var bytes: [CID: Bytes] = [:]
        func keep(_ block: Bytes, _ codec: Multicodec) throws -> CID {
            let cid = CID.v1(codec, try HashFunction.sha2_256.multihash(of: block))
            bytes[cid] = block
            return cid
        }
        func node(_ children: [DAG]) throws -> DAG {
            let links = children.enumerated().map { (name: "\($0.offset)", cid: $0.element.root) }
            let root = try keep(HostileBlocks.encode(links), .dagPB)
            return DAG(root: root, blocks: Self.ordered(children.flatMap(\.blocks) + [root]))
        }
        let leaves = try leafBytes.map { bytes in
            let root = try keep(bytes, .raw)
            return DAG(root: root, blocks: [root])
        }
        let inner = try [[0, 1], [1, 2], [3, 4]].map { try node($0.map { leaves[$0] }) }
        var dags = [
            try node([inner[0], inner[1]]), try node([inner[1], inner[2], leaves[5]]), inner[2],
            leaves[1],
        ]
        file = [leafBytes[0], leafBytes[3]].joined(separator: .empty)
        var options = ImportOptions()
        options.cidVersion = .v1
        options.rawLeaves = true
        options.chunker = .fixed(Self.leafByteCount)
        fileOptions = options
        let root = try Self.root(of: file, options)
        bytes[root.cid] = root.bytes
        dags.append(
            DAG(root: root.cid, blocks: [leaves[0].root, leaves[3].root, root.cid]))
        self.dags = dags
        self.bytes = bytes
        blocks = Self.ordered(Array(bytes.keys))
    }

    /// Each once, in an order that is the same in every run.
    private static func ordered(_ cids: [CID]) -> [CID] {
        Set(cids).sorted { $0.text() < $1.text() }
    }

    /// Adds a file to a store of its own.
    private static func root(
        of file: Bytes, _ options: ImportOptions
    ) throws -> (cid: CID, bytes: Bytes) {
        let scratch = try ScratchLibrary()
        let cid = try scratch.add(file, options).cid
        guard let bytes = try scratch.store.get(cid.multihash) else {
            throw ContentError.blockNotFound(cid)
        }
        return (cid, bytes)
    }
}
