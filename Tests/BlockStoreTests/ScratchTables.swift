import Buffers
import Execution
import Testing

@testable import BlockStore

/// A closed database of LevelDB with tables of twelve values in three data blocks, none of which lies
/// above another. It goes away with its last reference.
final class ScratchTables {
    static let valuesPerTable = 12
    let folder: String
    let path: String
    let tableCount: Int

    static var settings: DatabaseSettings {
        var settings = DatabaseSettings.log(
            writeBufferByteCount: 1 << 20, openFileCountMax: 100)
        // The least that LevelDB takes.
        settings.blockByteCount = 1024
        return settings
    }

    init(tableCount: Int = 3) throws {
        folder = try File.makeTemporaryFolder(prefix: "holdfast-tables-")
        path = folder + "/blocks"
        self.tableCount = tableCount
        let database = try LevelDatabase(path, Self.settings, makesIfMissing: true)
        for table in 0..<tableCount {
            var batch = WriteBatch()
            for number in 1...Self.valuesPerTable {
                let number = table * Self.valuesPerTable + number
                batch.put(Key(sequence: UInt64(number)), Self.value(number))
            }
            try database.write(batch, isSynced: false)
            database.flush()
        }
        database.close()
    }

    deinit { try? File.removeTree(folder) }

    var numbers: ClosedRange<Int> { 1...tableCount * Self.valuesPerTable }

    static func value(_ number: Int) -> Bytes {
        Bytes([UInt8](repeating: UInt8(number), count: 300))
    }

    /// The tables, in the order of their keys.
    func tables() throws -> [SampleTable] {
        try DatabaseManifest(of: path).tables.sorted { $0.key < $1.key }.map {
            try SampleTable("\(path)/\(DatabaseManifest.fileName(ofTable: $0.key))")
        }
    }

    /// What LevelDB finds now; nothing in it may be damaged.
    func numbersFound(in database: LevelDatabase) throws -> [Int] {
        let iterator = try database.makeIterator()
        iterator.seek(Key([]))
        var found: [Int] = []
        while iterator.isValid {
            let number = Int(try #require(iterator.key.sequence))
            #expect(iterator.value == Self.value(number))
            found.append(number)
            iterator.next()
        }
        try iterator.check()
        return found
    }
}

/// A table as it was written.
struct SampleTable {
    let path: String
    let contents: Bytes
    let footer: TableFooter
    let index: TableIndex

    init(_ path: String) throws {
        self.path = path
        contents = try File.readAll(path, limit: 1 << 28)
        let footerBytes = contents.dropFirst(contents.count - TableFooter.byteCount)
        footer = try #require(TableFooter(decoding: footerBytes))
        let (start, count) = (footer.index.offset, footer.index.byteCount)
        index = try #require(TableIndex(decoding: contents[start..<start + count]))
    }

    /// The last part of the path.
    var name: String { String(path.dropFirst(File.folder(of: path).count + 1)) }
    var blocks: [TableBlock] { index.entries.map(\.block) }

    /// The data block, by its place in the index, that a byte of the table is in.
    func blockIndex(at place: Int) -> Int? {
        blocks.firstIndex { $0.range.contains(place) }
    }

    /// Whether a value is in a data block.
    func holds(_ value: Bytes, inBlock index: Int) -> Bool {
        let range = blocks[index].range
        return contents[range].firstIndex(of: value) != nil
    }

    /// The table with a byte changed.
    func flipped(at place: Int, _ bits: UInt8 = 0x10) -> Bytes {
        var bytes = contents.array
        bytes[place] ^= bits
        return Bytes(bytes)
    }

    /// Changes the file where it is, also under a database that has it open.
    func overwrite(_ bytes: Bytes) throws {
        let file = try File(path, .readWrite)
        try file.write(bytes)
        try file.truncate(to: UInt64(bytes.count))
        file.close()
    }
}

extension TableBlock {
    /// With its trailer.
    var range: Range<Int> { offset..<offset + byteCount + Self.trailerByteCount }
}
