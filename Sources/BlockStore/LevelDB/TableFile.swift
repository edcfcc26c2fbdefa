import Buffers
import Execution
import Vault

/// Looks at one of LevelDB's tables and tells what of it is damaged.
///
/// It has one piece of the table in memory, or its index. Errors of the disk are thrown: they are no
/// damage.
///
/// - Spec: LevelDB's `doc/table_format.md`, `table/format.cc`.
struct TableFile {
    /// What a look has found.
    enum Condition: Equatable {
        /// Nothing that LevelDB would refuse.
        case whole
        /// Some data blocks do not have their checksum.
        case damaged(TableDamage.Blocks)
        /// The end is cut off, or footer or index do not say where the data blocks are.
        case withoutIndex
        /// Undamaged, as far as can be seen, and no table that this program has LevelDB write.
        case foreign
    }

    private let file: File
    /// Bytes that the database says the table has: its footer is before there, whatever the file has.
    let byteCount: Int

    /// - Parameters:
    ///   - path: of the table.
    ///   - byteCount: as the manifest of its database has it.
    init(_ path: String, byteCount: Int) throws(FileError) {
        file = try File(path, .read)
        self.byteCount = byteCount
    }

    /// What tells whether the file is still the one that was looked at.
    func status() throws(FileError) -> FileStatus { try file.status() }

    /// Reads index and data blocks. Blocks of filters are not looked at: `blocks/` has none, and
    /// LevelDB does without.
    ///
    /// - Complexity: reads the table once.
    func condition() throws(FileError) -> Condition {
        switch try look() {
        case .damaged: return .withoutIndex
        case .foreign: return .foreign
        case .found(let index, let block):
            let isWhole = try areWhole(index.entries, before: block.offset)
            let left = zip(index.entries, isWhole).filter { !$0.1 }.map(\.0.block)
            guard !left.isEmpty else { return .whole }
            let kept = zip(index.entries, isWhole).filter(\.1).map(\.0)
            return .damaged(
                TableDamage.Blocks(
                    kept: TableIndex(kept), indexOffset: block.offset, leftOutCount: left.count,
                    leftOutByteCount: left.reduce(0) { $0 + min($1.byteCount, byteCount) }))
        }
    }

    /// Reads bytes where they stand.
    ///
    /// - Returns: fewer than `count` at the end of the file.
    func read(at offset: Int, count: Int) throws(FileError) -> Bytes {
        try file.read(at: UInt64(offset), count: count)
    }

    // MARK: the index

    private enum Look {
        case found(TableIndex, TableBlock)
        case damaged
        case foreign
    }

    private func look() throws(FileError) -> Look {
        let footerOffset = byteCount - TableFooter.byteCount
        guard footerOffset >= 0,
            let footer = TableFooter(
                decoding: try read(at: footerOffset, count: TableFooter.byteCount)),
            footer.index.end(within: 0..<footerOffset) != nil
        else { return .damaged }
        let block = footer.index
        guard try kind(of: block) != nil else { return .damaged }
        // Read once more, now that it is known to be an index and how large it is.
        guard block.byteCount <= Limits.tableIndexBytesMax,
            try kind(of: block) == TableBlock.plainKind,
            let index = TableIndex(decoding: try read(at: block.offset, count: block.byteCount))
        else { return .foreign }
        return .found(index, block)
    }

    // MARK: blocks

    /// Which data blocks have their checksums. One that begins before the end of another, or goes over
    /// the index, is no block: so nothing is read twice, whatever an index says.
    private func areWhole(
        _ entries: [TableIndex.Entry], before limit: Int
    ) throws(FileError) -> [Bool] {
        var result: [Bool] = []
        var start = 0
        for entry in entries {
            guard let end = entry.block.end(within: start..<limit) else {
                result.append(false)
                continue
            }
            result.append(try kind(of: entry.block) != nil)
            start = end
        }
        return result
    }

    /// Reads a block, a piece at a time.
    ///
    /// - Returns: its kind, if it is there and has its checksum.
    private func kind(of block: TableBlock) throws(FileError) -> UInt8? {
        var checksum = CRC32C()
        var trailer = Bytes.empty
        var (offset, left) = (block.offset, block.byteCount + TableBlock.trailerByteCount)
        while left > 0 {
            let piece = try read(at: offset, count: min(left, Limits.tablePieceBytesMax))
            guard !piece.isEmpty else { return nil }
            let contents = piece.prefix(max(0, left - TableBlock.trailerByteCount))
            checksum.update(contents)
            trailer = trailer.appending(piece.dropFirst(contents.count))
            offset += piece.count
            left -= piece.count
        }
        checksum.update(trailer.prefix(1))
        var reader = ByteReader(trailer.dropFirst(1))
        guard let stored: UInt32 = try? reader.readLittleEndian(), stored == checksum.masked
        else { return nil }
        return trailer.first
    }
}
