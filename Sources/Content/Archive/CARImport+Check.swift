import BlockStore
import IPLD
import Multiformats
import Vault

extension CARImport {
    /// Runs on the pool. Identity blocks are checked and not stored: their CID holds them.
    static func check(_ block: Block) -> Result<VerifiedBlock?, ContentError> {
        if let content = block.cid.identityContent {
            return content == block.bytes ? .success(nil) : .failure(.damaged(block))
        }
        if let verified = VerifiedBlock(checking: block.bytes, against: block.cid) {
            return .success(verified)
        }
        do {
            _ = try HashFunction(code: block.cid.multihash.code)
            return .failure(.damaged(block))
        } catch {
            return .failure(
                ContentError(.damaged, error.message, cid: block.cid, cause: error))
        }
    }
}
