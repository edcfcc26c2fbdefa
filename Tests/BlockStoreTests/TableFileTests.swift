import Buffers
import Execution
import Multiformats
import Testing

@testable import BlockStore

/// Tables of LevelDB, as they are and damaged in every place.
@Suite(.timeLimit(.minutes(40)))
struct TableFileTests {
    private let scratch: ScratchTables
    private let table: SampleTable

    init() throws {
        scratch = try ScratchTables(tableCount: 1)
        table = try scratch.tables()[0]
    }

    private func condition() throws -> TableFile.Condition {
        try TableFile(table.path, byteCount: table.contents.count).condition()
    }

    private func kept(without block: Int) -> TableIndex {
        var index = table.index
        index.entries.remove(at: block)
        return index
    }

    @Test func whatLevelDBWritesIsWhole() throws {
        #expect(table.blocks.count == 3)
        #expect(try condition() == .whole)
        // Nor does what stands behind the table make a difference.
        try table.overwrite(table.contents.appending(Bytes(utf8: "more")))
        #expect(try condition() == .whole)
    }

    @Test func indexAndFooterAreWrittenAsLevelDBDoes() {
        let (start, count) = (table.footer.index.offset, table.footer.index.byteCount)
        #expect(table.index.encode() == table.contents[start..<start + count])
        #expect(
            TableBlock.sealed(table.index.encode())
                == table.contents[start..<start + count + TableBlock.trailerByteCount])
        #expect(table.contents.ends(with: table.footer.encode()))
        // Its list of filters is empty: so is the block that takes its place.
        let metaindex = table.footer.metaindex
        #expect(TableBlock.sealed(TableIndex([]).encode()) == table.contents[metaindex.range])
    }

    @Test func theManifestKnowsTheTables() throws {
        let scratch = try ScratchTables(tableCount: 3)
        let tables = try DatabaseManifest(of: scratch.path).tables
        #expect(tables.count == 3)
        let names = try File.names(in: scratch.path).filter { $0.hasSuffix(".ldb") }
        #expect(Set(tables.keys.map(DatabaseManifest.fileName(ofTable:))) == Set(names))
        for (number, byteCount) in tables {
            let path = "\(scratch.path)/\(DatabaseManifest.fileName(ofTable: number))"
            #expect(try File.status(of: path).byteCount == UInt64(byteCount))
        }
    }

    /// No number of a manifest is guessed at.
    @Test func aManifestThatIsDamagedIsAnError() throws {
        let names = try File.names(in: scratch.path)
        let name = try #require(names.first { $0.hasPrefix("MANIFEST-") })
        let path = "\(scratch.path)/\(name)"
        var contents = try File.readAll(path, limit: 1 << 20).array
        contents[10] ^= 1
        try File.replace(path, with: Bytes(contents))
        #expect(throws: FileError.self) { try DatabaseManifest(of: scratch.path) }
        try File.replace(scratch.path + "/CURRENT", with: Bytes(utf8: "../MANIFEST-1\n"))
        #expect(throws: FileError.self) { try DatabaseManifest(of: scratch.path) }
        try File.replace(scratch.path + "/CURRENT", with: .empty)
        #expect(throws: FileError.self) { try DatabaseManifest(of: scratch.path) }
    }

    /// The lowest bit of each byte, and the one that says of a varint that it goes on.
    @Test(arguments: [0x01, 0x80] as [UInt8])
    func everyFlippedByteIsFoundWhereItIs(bits: UInt8) throws {
        let footerOffset = table.contents.count - TableFooter.byteCount
        for place in 0..<table.contents.count {
            try table.overwrite(table.flipped(at: place, bits))
            let condition = try condition()
            if let block = table.blockIndex(at: place) {
                let expected = TableDamage.Blocks(
                    kept: kept(without: block), indexOffset: table.footer.index.offset,
                    leftOutCount: 1, leftOutByteCount: table.blocks[block].byteCount)
                #expect(condition == .damaged(expected), "at \(place)")
            } else if place < table.footer.index.offset {
                // LevelDB does not read it in `blocks/` either.
                #expect(condition == .whole, "at \(place)")
            } else if place < footerOffset {
                #expect(condition == .withoutIndex, "at \(place)")
            } else {
                #expect([.whole, .withoutIndex].contains(condition), "at \(place)")
            }
            if place % 29 == 0 { try checkSalvage(condition, "at \(place)") }
        }
    }

    @Test func everyTableThatIsCutOffIsWithoutIndex() throws {
        for count in 0..<table.contents.count {
            try table.overwrite(table.contents.prefix(count))
            let condition = try condition()
            #expect(condition == .withoutIndex, "of \(count) bytes")
            if count % 97 == 0 { try checkSalvage(condition, "of \(count) bytes") }
        }
    }

    /// The new table has the size of the old one, the blocks that are whole, and no damage.
    private func checkSalvage(_ condition: TableFile.Condition, _ what: String) throws {
        let kept: TableDamage.Kept
        let expected: TableIndex
        switch condition {
        case .whole, .foreign: return
        case .damaged(let blocks): (kept, expected) = (.blocks(blocks), blocks.kept)
        case .withoutIndex: (kept, expected) = (.nothing, TableIndex([]))
        }
        let byteCount = table.contents.count
        let damaged = try TableFile(table.path, byteCount: byteCount)
        let path = scratch.folder + "/salvaged"
        try #require(TableSalvage(damaged, keeping: kept)).write(to: path)
        let salvaged = try SampleTable(path)
        #expect(salvaged.contents.count == byteCount, "\(what)")
        #expect(salvaged.index == expected, "\(what)")
        #expect(try TableFile(path, byteCount: byteCount).condition() == .whole, "\(what)")
        for block in salvaged.blocks {
            #expect(salvaged.contents[block.range] == table.contents[block.range], "\(what)")
        }
    }

    /// LevelDB would compress an index too, where it is told to compress.
    @Test func aTableOfAnotherFormIsNotTakenForADamagedOne() throws {
        let block = table.footer.index
        var bytes = table.contents.array
        bytes[block.offset + block.byteCount] = 1
        try table.overwrite(Bytes(bytes))
        #expect(try condition() == .withoutIndex)
        // With the checksum of that.
        let checksum = DatabaseLogReader.checksum(
            Bytes(bytes)[block.offset..<block.offset + block.byteCount + 1])
        for index in 0..<4 {
            bytes[block.offset + block.byteCount + 1 + index] = UInt8(
                truncatingIfNeeded: checksum >> (8 * UInt32(index)))
        }
        try table.overwrite(Bytes(bytes))
        #expect(try condition() == .foreign)
    }

    /// An index with its checksum may say anything.
    @Test func blocksThatLieOverOthersOrBehindTheIndexAreDamage() throws {
        let blocks = table.blocks
        for place in [
            TableBlock(offset: blocks[0].offset, byteCount: blocks[1].byteCount),
            TableBlock(offset: blocks[1].offset, byteCount: table.contents.count),
            TableBlock(offset: .max, byteCount: .max), TableBlock(offset: 0, byteCount: .max),
            TableBlock(offset: .max, byteCount: 0),
        ] {
            var entries = table.index.entries
            entries.insert(TableIndex.Entry(lastKey: entries[0].lastKey, block: place), at: 1)
            let contents = TableIndex(entries).encode()
            let index = TableBlock(
                offset: table.footer.index.offset, byteCount: contents.count)
            let bytes = [
                table.contents.prefix(index.offset), TableBlock.sealed(contents),
                TableFooter(metaindex: table.footer.metaindex, index: index).encode(),
            ].joined(separator: .empty)
            try table.overwrite(bytes)
            let condition = try TableFile(table.path, byteCount: bytes.count).condition()
            guard case .damaged(let found) = condition else {
                Issue.record("\(condition) with a block at \(place)")
                continue
            }
            #expect(found.kept == table.index)
            #expect(found.leftOutCount == 1)
        }
    }

    @Test func noBytesTrapADecoder() throws {
        let manifestName = try #require(
            try File.names(in: scratch.path).first { $0.hasPrefix("MANIFEST-") })
        var reader = try DatabaseLogReader(
            "\(scratch.path)/\(manifestName)", recordByteCountMin: 0)
        var samples = [table.index.encode(), table.footer.encode()]
        while let record = try reader.next() { samples.append(record) }
        for sample in samples {
            for count in 0...sample.count {
                decode(sample.prefix(count))
                decode(sample.dropFirst(count))
            }
            for place in 0..<sample.count {
                for byte in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
                    var bytes = sample.array
                    bytes[place] = byte
                    decode(Bytes(bytes))
                }
            }
        }
        #expect(samples.count > 3)
    }

    private func decode(_ bytes: Bytes) {
        // What is taken for one is written back as the same.
        if let index = TableIndex(decoding: bytes) {
            #expect(TableIndex(decoding: index.encode()) == index)
        }
        if let footer = TableFooter(decoding: bytes) { _ = footer.index.end(within: 0..<100) }
        var manifest = DatabaseManifest()
        _ = manifest.apply(bytes)
    }

    /// A few bytes for each of a hundred thousand keys of 256 KiB would take 25 GiB.
    @Test(arguments: [8, 9])
    func anIndexWhoseKeysRepeatEachOtherIsRefused(keyCount: Int) {
        let key = Bytes([UInt8](repeating: 7, count: Limits.tableIndexBytesMax / 8))
        var writer = ByteWriter()
        for index in 0..<keyCount {
            writer.appendVarint(UInt64(index == 0 ? 0 : key.count))
            writer.appendVarint(UInt64(index == 0 ? key.count : 0))
            writer.appendVarint(2)
            if index == 0 { writer.append(key) }
            writer.append([0, 0])
        }
        writer.appendLittleEndian(0 as UInt32)
        writer.appendLittleEndian(1 as UInt32)
        let index = TableIndex(decoding: writer.finish())
        #expect(index?.entries.count == (keyCount == 8 ? 8 : nil))
    }
}
