import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

extension ScratchLibrary {
    /// Puts a stored block into quarantine, as a read does that finds it damaged.
    func damage(_ cid: CID) throws {
        let tail = store.log.state.withLock { $0.tail }
        try store.log.wait(for: tail, by: soon())
        // That waits for the index.
        try store.forEachBlock { _, _ in false }
        let entry = try #require(try store.indexEntry(cid.multihash))
        _ = store.damage(.wrongChecksum, cid.multihash, entry)
        #expect(throws: BlockStoreError.self) { try store.get(cid.multihash) }
    }
}
