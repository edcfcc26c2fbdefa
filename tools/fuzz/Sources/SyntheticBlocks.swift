import Buffers
import Multiformats
import UnixFS

/// The blocks of a CAR that was mutated: hashes are not checked, so the fuzzer can put anything
/// below anything, circles included.
final class SyntheticBlocks: BlockSource {
    struct Refusal: Error {}

    let contents: CARContents
    private let byCID: [CID: Bytes]
    /// How often a block may still be asked for: a circle has no end of its own.
    private var readsLeft = 400

    init(_ contents: CARContents) {
        self.contents = contents
        byCID = Dictionary(contents.blocks.map { ($0.cid, $0.bytes) }) { first, _ in first }
    }

    func block(_ cid: CID) throws -> Bytes {
        guard readsLeft > 0 else { throw Refusal() }
        readsLeft -= 1
        if let content = cid.identityContent { return content }
        if let bytes = byCID[cid] { return bytes }
        guard !contents.blocks.isEmpty, !cid.multihash.digest.isEmpty else { throw Refusal() }
        return contents.blocks[Int(cid.multihash.digest[0]) % contents.blocks.count].bytes
    }
}
