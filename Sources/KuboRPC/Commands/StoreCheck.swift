import BlockStore
import Content
import Multiformats
import Vault

/// Hashes stored blocks and counts what is wrong. Their memory is that of all readers.
///
/// Only what is known to be damaged is called corrupt, and removed where that is asked for: a disk, or a
/// process without descriptors, that does not give a block says nothing about the block.
struct StoreCheck {
    private enum Fault {
        /// The block was read, and is another one.
        case damaged(String)
        /// The block could not be read.
        case unread(String)
    }

    private let access: ContentAccess
    private let reader: BlockReader
    private let drops: Bool
    private(set) var blockCount = 0
    private var corruptCount = 0
    private var unreadCount = 0
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
        // Before the look: what is stored behind it is another one. Without it nothing is removed.
        let place = try? access.library.store.place(of: multihash)
        let block = "block \(CID.v1(.raw, multihash))"
        switch try fault(of: multihash) {
        case nil: return nil
        case .unread(let cause):
            unreadCount += 1
            return "\(block) could not be read (\(cause))"
        case .damaged(let cause):
            corruptCount += 1
            return drop(multihash, at: place, "\(block) was corrupt (\(cause))")
        }
    }

    private mutating func drop(
        _ multihash: Multihash, at place: UInt64?, _ message: String
    ) -> String {
        guard drops, let place else { return message }
        do {
            let deletion = try access.library.store.delete(
                multihash, at: place, by: access.context.deadline)
            guard deletion == .deleted else {
                return message + ", and was removed or stored again meanwhile"
            }
            removedCount += 1
            return message + ", removed"
        } catch {
            stuckCount += 1
            return message + ", failed to remove (\(error.message))"
        }
    }

    /// Whether the run ends as a failure: damage that is still there.
    var hasFailed: Bool { unreadCount > 0 || (drops ? stuckCount : corruptCount) > 0 }

    /// What the run has found.
    var summary: String {
        guard corruptCount + unreadCount > 0 else {
            return "verify complete, all blocks validated."
        }
        return "verify complete, \(corruptCount) blocks corrupt"
            + (removedCount > 0 ? ", \(removedCount) removed" : "")
            + (stuckCount > 0 ? ", \(stuckCount) failed to remove" : "")
            + (unreadCount > 0 ? ", \(unreadCount) could not be read" : "")
    }

    private func fault(of multihash: Multihash) throws(ContentError) -> Fault? {
        do {
            let function = try HashFunction(code: multihash.code)
            if try isRight(multihash, function) { return nil }
            // The cache may have it from a bad moment of the memory or of the disk.
            access.library.store.forgetCached(multihash)
            return try isRight(multihash, function)
                ? nil : .damaged("block in storage has different hash than requested")
        } catch {
            guard let error = error as? ContentError else { return .unread("\(error)") }
            if error.code == .blockNotFound { return nil }
            if error.endsRequest { throw error }
            return error.isDamage(of: multihash)
                ? .damaged(error.message) : .unread(error.message)
        }
    }

    private func isRight(
        _ multihash: Multihash, _ function: HashFunction
    ) throws(ContentError) -> Bool {
        // Nothing is held while the client is waited for.
        defer { reader.release() }
        return function.verify(try reader.block(.v1(.raw, multihash)), against: multihash)
    }
}
