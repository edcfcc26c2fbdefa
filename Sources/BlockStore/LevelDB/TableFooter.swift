import Buffers

/// The end of one of LevelDB's tables, which says where its index is.
///
/// - Spec: LevelDB's `doc/table_format.md`, `table/format.cc`.
struct TableFooter: Equatable {
    /// Bytes of every footer.
    static let byteCount = 48
    private static let magic: UInt64 = 0xdb47_7524_8b80_fb57

    /// The block that says where filters are.
    let metaindex: TableBlock
    let index: TableBlock

    init(metaindex: TableBlock, index: TableBlock) {
        self.metaindex = metaindex
        self.index = index
    }

    /// Reads a footer; nil for what is none.
    init?(decoding bytes: Bytes) {
        guard bytes.count == Self.byteCount else { return nil }
        var end = ByteReader(bytes.dropFirst(Self.byteCount - 8))
        guard let magic: UInt64 = try? end.readLittleEndian(), magic == Self.magic else {
            return nil
        }
        var reader = ByteReader(bytes.prefix(Self.byteCount - 8))
        guard let metaindex = TableBlock(reading: &reader),
            let index = TableBlock(reading: &reader)
        else { return nil }
        self.init(metaindex: metaindex, index: index)
    }

    /// The bytes of the footer.
    func encode() -> Bytes {
        var writer = ByteWriter(capacity: Self.byteCount)
        metaindex.write(to: &writer)
        index.write(to: &writer)
        while writer.count < Self.byteCount - 8 { writer.append(0) }
        writer.appendLittleEndian(Self.magic)
        return writer.finish()
    }
}
