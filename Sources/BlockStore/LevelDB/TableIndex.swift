import Buffers
import Multiformats

/// The index of one of LevelDB's tables: for each data block where it stands, and a key that is not
/// before its last one.
///
/// - Spec: LevelDB's `doc/table_format.md`, `table/block_builder.cc`.
struct TableIndex: Equatable, Sendable {
    /// One data block.
    struct Entry: Equatable, Sendable {
        /// Not before the last key of the block, and before the first one of the next.
        let lastKey: Bytes
        let block: TableBlock
    }

    /// In the order of their keys.
    var entries: [Entry]

    /// About what they take in memory.
    var memoryByteCount: Int {
        entries.reduce(0) { $0 + MemoryLayout<Entry>.stride + $1.lastKey.count }
    }

    init(_ entries: [Entry]) { self.entries = entries }

    /// Reads the contents of the block that an index is.
    ///
    /// - Returns: nil for what is none, and for one whose keys take more than
    ///   `Limits.tableIndexBytesMax`: each may repeat the one before it.
    init?(decoding contents: Bytes) {
        guard let restartCount = Self.restartCount(of: contents) else { return nil }
        let listed = contents.prefix(contents.count - 4 * (restartCount + 1))
        var reader = ByteReader(listed)
        var entries: [Entry] = []
        var (key, keyByteCount) = (Bytes.empty, 0)
        while !reader.isAtEnd {
            guard let shared = try? reader.readProtobufVarint(), shared <= UInt64(key.count),
                let ownCount = try? reader.readProtobufVarint(),
                let valueCount = try? reader.readProtobufVarint(),
                let own = try? reader.read(ownCount), let value = try? reader.read(valueCount)
            else { return nil }
            key = shared == 0 ? own : key.prefix(Int(shared)).appending(own)
            keyByteCount += key.count
            var handle = ByteReader(value)
            guard keyByteCount <= Limits.tableIndexBytesMax,
                let block = TableBlock(reading: &handle)
            else { return nil }
            entries.append(Entry(lastKey: key, block: block))
        }
        self.init(entries)
    }

    /// How many places the end of a block says at which keys stand whole; nil if it has no room for them.
    private static func restartCount(of contents: Bytes) -> Int? {
        guard contents.count >= 4 else { return nil }
        var reader = ByteReader(contents.dropFirst(contents.count - 4))
        guard let count: UInt32 = try? reader.readLittleEndian(),
            Int(count) <= contents.count / 4 - 1
        else { return nil }
        return Int(count)
    }

    /// The contents of the block, with every key whole, as LevelDB writes an index: fewer entries never
    /// take more bytes.
    func encode() -> Bytes {
        var writer = ByteWriter(capacity: 64 * (entries.count + 1))
        var restarts: [Int] = []
        for entry in entries {
            restarts.append(writer.count)
            var handle = ByteWriter(capacity: 20)
            entry.block.write(to: &handle)
            let value = handle.finish()
            writer.appendVarint(0)
            writer.appendVarint(UInt64(entry.lastKey.count))
            writer.appendVarint(UInt64(value.count))
            writer.append(entry.lastKey)
            writer.append(value)
        }
        if restarts.isEmpty { restarts = [0] }
        for restart in restarts { writer.appendLittleEndian(UInt32(restart)) }
        writer.appendLittleEndian(UInt32(restarts.count))
        return writer.finish()
    }
}
