import Buffers
import Execution

/// Writes a table of what is whole in a damaged one.
///
/// It has as many bytes, since LevelDB looks for the footer where its manifest says that the table ends,
/// and the same data blocks in the same places; its index knows only those that are whole. So for
/// LevelDB the keys of the others were never there.
///
/// - Spec: `Docs/decisions/0016-a-damaged-table-is-cut-out.md`.
struct TableSalvage {
    private let table: TableFile
    private let tail: TableTail

    /// - Returns: nil for a table that is too small to be one.
    init?(_ table: TableFile, keeping kept: TableDamage.Kept) {
        let tail: TableTail? =
            switch kept {
            case .blocks(let blocks):
                TableTail(
                    blocks.kept, after: blocks.indexOffset, tableByteCount: table.byteCount)
            case .nothing: TableTail(TableIndex([]), after: 0, tableByteCount: table.byteCount)
            }
        guard let tail else { return nil }
        self.table = table
        self.tail = tail
    }

    /// Writes it; when that returns, its contents are on disk.
    ///
    /// - Throws: when the disk does not give the damaged table, too: then nothing is to be replaced.
    func write(to path: String) throws(FileError) {
        let file = try File(path, .replace)
        var offset = 0
        while offset < tail.offset {
            let count = min(tail.offset - offset, Limits.tablePieceBytesMax)
            let piece = try table.read(at: offset, count: count)
            try file.write(piece)
            // What was cut off.
            if piece.count < count {
                try file.write(Bytes([UInt8](repeating: 0, count: count - piece.count)))
            }
            offset += count
        }
        try file.write(tail.bytes)
        try file.sync()
        try file.finish()
    }
}
