import BlockStore
import Content
import Multiformats
import Vault

/// Hashes stored blocks and counts what is wrong. Their memory is that of all readers.
struct StoreCheck {
    private let access: ContentAccess
    private let reader: BlockReader
    private let drops: Bool
    private(set) var blockCount = 0
    private var corruptCount = 0
    private var removedCount = 0
    private var stuckCount = 0

    /// Prepares a check.
    ///
    /// - Parameters:
    ///   - access: where the blocks are, and who asks.
    ///   - drops: whether a corrupt block is removed.
    init(_ access: ContentAccess, drops: Bool) {
        self.access = access
        self.drops = drops
        reader = access.makeReader()
    }

    /// Checks one block.
    ///
    /// - Returns: what is wrong with it and what was done about it; nil also when it was removed
    ///   meanwhile.
    /// - Throws: what ends the request, such as `.overloaded`: no block is to blame for it.
    mutating func look(at multihash: Multihash) throws(ContentError) -> String? {
        blockCount += 1
        guard let cause = try fault(of: multihash) else { return nil }
        corruptCount += 1
        let message = "block \(CID.v1(.raw, multihash)) was corrupt (\(cause))"
        guard drops else { return message }
        do {
            try access.library.store.delete(multihash, by: access.context.deadline)
            removedCount += 1
            return message + ", removed"
        } catch {
            stuckCount += 1
            return message + ", failed to remove (\(error.message))"
        }
    }

    /// Whether the run ends as a failure: damage that is still there.
    var hasFailed: Bool { drops ? stuckCount > 0 : corruptCount > 0 }

    /// What the run has found.
    var summary: String {
        guard corruptCount > 0 else { return "verify complete, all blocks validated." }
        return "verify complete, \(corruptCount) blocks corrupt"
            + (removedCount > 0 ? ", \(removedCount) removed" : "")
            + (stuckCount > 0 ? ", \(stuckCount) failed to remove" : "")
    }

    private func fault(of multihash: Multihash) throws(ContentError) -> String? {
        // Nothing is held while the client is waited for.
        defer { reader.release() }
        do {
            let bytes = try reader.block(.v1(.raw, multihash))
            let function = try HashFunction(code: multihash.code)
            return function.verify(bytes, against: multihash)
                ? nil : "block in storage has different hash than requested"
        } catch {
            guard let error = error as? ContentError else { return "\(error)" }
            if error.code == .blockNotFound { return nil }
            if error.endsRequest { throw error }
            return error.message
        }
    }
}
