// What the state of the log says of itself, and what it answers to the lane and its callers.

extension LogState {
    /// What the table says about a block that somebody wants to append.
    enum Presence {
        case refused(BlockStoreError)
        /// In the log, or on its way: durable once this number is.
        case present(LogTicket)
        /// Being deleted: look again when the generation has grown.
        case beingDeleted(generation: UInt64)
        /// Not in the table; the answer of the index counts if this is still the same then.
        case askIndex(IndexLook)
    }

    /// What the answer of the index depends on: what the table has lost to it, and what was deleted.
    struct IndexLook: Hashable {
        let through: UInt64
        let deletionCount: UInt64
    }

    var indexLook: IndexLook {
        IndexLook(through: indexedThrough, deletionCount: deletions.begunCount)
    }

    /// What became of a block that was to be queued.
    enum Enqueued {
        case queued(LogTicket)
        /// Something changed since `presence`: ask again.
        case lookAgain
        /// The table is full: ask again when the generation has grown.
        case full(generation: UInt64)
    }

    /// A block that the table knows.
    enum Found {
        /// Queued or being written: here it is.
        case block(VerifiedBlock, IndexEntry)
        /// Being written, and so large that nobody keeps it meanwhile: it can be read after that.
        case beingWritten(IndexEntry, LogTicket)
        /// In the log.
        case inLog(IndexEntry)

        /// What callers are told. Without a number until the log has the block: after a write that fails
        /// another block gets it.
        var info: BlockInfo {
            switch self {
            case .inLog(let entry): return entry.info
            case .block(_, let entry), .beingWritten(let entry, _):
                let info = entry.info
                return BlockInfo(
                    byteCount: info.byteCount, sequence: nil, hasNoLinks: info.hasNoLinks)
            }
        }
    }

    /// What the lane writes at once.
    struct Batch {
        private(set) var items: [LogQueue.Item]
        let first: UInt64
        let deletions: [UInt64]
        /// What the log says of itself behind the deletions; nil where there are none.
        let end: LogEnd?
        /// Bytes of the blocks and rows.
        let byteCount: Int
        /// Whether it is one block that fits into no batch, and goes alone.
        var isLarge: Bool { Self.isLarge(byteCount: byteCount) }

        /// Whether so many bytes are one block that fits into no batch.
        static func isLarge(byteCount: Int) -> Bool { byteCount > Limits.batchBytesMax }

        /// Takes the block out of a batch that is large: nobody else keeps it.
        mutating func takeLarge() -> VerifiedBlock? {
            guard isLarge, case .block(let block)? = items.popLast() else { return nil }
            return block
        }
    }

    /// What somebody is told who wants to delete blocks.
    enum Deletion {
        /// Appends of these wait for the end.
        case begun(LogDeletions.Announcement)
        /// Somebody else is deleting the first, or the log has too many deletions to carry out: look
        /// again when the generation has grown.
        case wait(generation: UInt64)
        case refused(BlockStoreError)
    }
}

extension LogState.Found {
    /// What the table knows about the block.
    var entry: IndexEntry {
        switch self {
        case .block(_, let entry), .beingWritten(let entry, _), .inLog(let entry): entry
        }
    }
}
