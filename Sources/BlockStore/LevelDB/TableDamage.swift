import Execution

/// Tables of a database that are damaged, and what of them can be kept.
package struct TableDamage: Equatable, Sendable {
    /// What of one table can be kept.
    enum Kept: Equatable, Sendable {
        /// Its data blocks that are whole.
        case blocks(Blocks)
        /// Nothing: where its data blocks are cannot be told.
        case nothing
    }

    /// Data blocks that are whole, and figures of the others.
    struct Blocks: Equatable, Sendable {
        /// Says where the whole ones are.
        let kept: TableIndex
        /// Where the index stood.
        let indexOffset: Int
        /// Data blocks that are damaged.
        let leftOutCount: Int
        /// Bytes of those.
        let leftOutByteCount: Int
    }

    /// One table.
    struct Table: Equatable, Sendable {
        /// The name of its file.
        let name: String
        /// Bytes that it has, as the manifest says.
        let byteCount: Int
        /// What it was like when it was looked at.
        let status: FileStatus
        let kept: Kept

        /// Data blocks that cannot be kept, as far as they are known.
        var leftOutCount: Int {
            if case .blocks(let blocks) = kept { blocks.leftOutCount } else { 0 }
        }

        /// Bytes that cannot be kept.
        var leftOutByteCount: Int {
            if case .blocks(let blocks) = kept { blocks.leftOutByteCount } else { byteCount }
        }

        /// About what this takes in memory.
        var memoryByteCount: Int {
            if case .blocks(let blocks) = kept { 256 + blocks.kept.memoryByteCount } else { 256 }
        }

        /// Whether it is the same table still. A second name of its file makes it no other one.
        func isStill(_ status: FileStatus) -> Bool {
            (status.device, status.inode, status.byteCount, status.modified)
                == (
                    self.status.device, self.status.inode, self.status.byteCount,
                    self.status.modified
                )
        }
    }

    /// What made LevelDB refuse a write.
    let cause: DatabaseError
    /// At least one.
    let tables: [Table]
}
