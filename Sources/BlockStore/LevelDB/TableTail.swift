import Buffers

/// The end of a table: an index, a list of no filters, and the footer.
struct TableTail: Equatable {
    /// Where it begins in the table.
    let offset: Int
    /// Up to the end of the table.
    let bytes: Bytes

    /// The index without entries and the list without filters, which are the same.
    private static let emptyBlock = TableBlock.sealed(TableIndex([]).encode())

    /// - Parameters:
    ///   - index: of the data blocks that LevelDB is to find.
    ///   - dataEnd: what stands before it is left as it is.
    ///   - tableByteCount: where the footer ends, as the manifest says.
    /// - Returns: nil where that has no room. An index that has lost an entry has room where the old one
    ///   stood: the entry took at least as much as the list of no filters does.
    init?(_ index: TableIndex, after dataEnd: Int, tableByteCount: Int) {
        let contents = index.encode()
        let indexEnd = tableByteCount - TableFooter.byteCount - Self.emptyBlock.count
        let block = TableBlock(
            offset: indexEnd - TableBlock.trailerByteCount - contents.count,
            byteCount: contents.count)
        guard dataEnd >= 0, block.offset >= dataEnd else { return nil }
        let metaindex = TableBlock(
            offset: indexEnd, byteCount: Self.emptyBlock.count - TableBlock.trailerByteCount)
        offset = block.offset
        bytes = [
            TableBlock.sealed(contents), Self.emptyBlock,
            TableFooter(metaindex: metaindex, index: block).encode(),
        ].joined(separator: .empty)
    }
}
