import Content
import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

extension TestNode {
    /// Removes the last block below a root behind everybody's back.
    @discardableResult
    func removeLast(below root: String) throws -> CID {
        var walk = DAGWalk(
            roots: [try CID(parsing: root)],
            access: library.access(for: RequestContext(deadline: .never)))
        var last = try CID(parsing: root)
        while let visit = try walk.next() { last = visit.cid }
        try store.delete(last.multihash, by: .never)
        return last
    }

    /// Puts a stored block into quarantine, as a read does that finds it damaged.
    func damage(_ text: String) throws {
        let hash = try CID(parsing: text).multihash
        let tail = store.log.state.withLock { $0.tail }
        try store.log.wait(for: tail, by: soon())
        // That waits for the index.
        try store.forEachBlock { _, _ in false }
        let entry = try #require(try store.indexEntry(hash))
        _ = store.damage(.wrongChecksum, hash, entry)
        #expect(throws: BlockStoreError.self) { try store.get(hash) }
    }
}
