import Buffers
import Execution
import Telemetry
import TestSupport
import Testing

@testable import BlockStore

/// Reading and writing the logs of LevelDB itself.
@Suite(.timeLimit(.minutes(40)))
struct DatabaseLogTests {
    /// Around the size of a block, where records are cut.
    private static let counts = [
        12, 100, 32_700, 32_754, 32_755, 32_761, 32_762, 32_768, 100_000, 13, 1_000_000, 12,
    ]

    private func withLog(_ body: (String) throws -> Void) throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-log-")
        defer { try? File.removeTree(folder) }
        try body(folder + "/000001.log")
    }

    private func read(_ path: String) throws -> (records: [Bytes], droppedByteCount: Int) {
        var reader = try DatabaseLogReader(path)
        var records: [Bytes] = []
        while let record = try reader.next() { records.append(record) }
        return (records, reader.droppedByteCount)
    }

    private func write(_ records: [Bytes], to path: String) throws {
        var writer = try DatabaseLogWriter(path)
        for record in records { try writer.append(record) }
    }

    private func record(_ index: Int, byteCount: Int) -> Bytes {
        Bytes([UInt8](repeating: UInt8(index + 1), count: byteCount))
    }

    @Test func whatIsWrittenIsRead() throws {
        try withLog { path in
            let records = Self.counts.enumerated().map { record($0.offset, byteCount: $0.element) }
            try write(records, to: path)
            let (found, dropped) = try read(path)
            #expect(found == records)
            #expect(dropped == 0)
        }
    }

    /// LevelDB opens no log in which an empty beginning has no end, so it is to be repaired.
    @Test func anEmptyBeginningWithoutAnEndIsDamage() throws {
        try withLog { path in
            let whole = record(0, byteCount: 32_768 - 7 - 7)
            try write([whole, record(1, byteCount: 100), record(2, byteCount: 100)], to: path)
            let file = try File(path, .readWrite)
            try file.truncate(to: 32_768)
            file.close()
            let torn = try File(path, .append)
            try torn.write(Bytes([UInt8](repeating: 0, count: 1_000)))
            torn.close()
            var reader = try DatabaseLogReader(path)
            #expect(try reader.next() == whole)
            #expect(try reader.next() == nil)
            #expect(reader.isDamaged)
            #expect(reader.droppedByteCount == 0)
        }
    }

    /// LevelDB reads what is written here, and the other way round.
    @Test func levelDBWritesAndReadsTheSame() throws {
        try withLog { path in
            let folder = File.folder(of: path) + "/database"
            let settings = DatabaseSettings.log(
                writeBufferByteCount: 64 << 20, openFileCountMax: 100)
            try DatabaseFolder(path: folder).make(settings)
            let values = Self.counts.enumerated().map { record($0.offset, byteCount: $0.element) }
            let copy = folder + "-copy"
            do {
                let database = try LevelDatabase(folder, settings)
                for (index, value) in values.enumerated() {
                    var batch = WriteBatch()
                    batch.put(Key([UInt8(index)]), value)
                    try database.write(batch, isSynced: false)
                }
                // As if the process had been killed here.
                try File.copyTree(folder, to: copy)
            }
            let log = copy + "/" + (try #require(try DatabaseFolder(path: copy).logNames().last))
            let (records, dropped) = try read(log)
            #expect(records.count == values.count)
            #expect(dropped == 0)
            let contents = try File.readAll(log, limit: 1 << 28)
            try write(records, to: log)
            #expect(try File.readAll(log, limit: 1 << 28) == contents)
            let database = try LevelDatabase(copy, settings)
            for (index, value) in values.enumerated() {
                #expect(try database.value(for: Key([UInt8(index)])) == value)
            }
        }
    }

    /// Whatever is damaged, all records that come before it are read, and none is wrong.
    @Test func damageCostsTheRecordsThatItIsIn() throws {
        try withLog { path in
            let records = (0..<40).map { record($0, byteCount: 12 + 997 * $0) }
            try write(records, to: path)
            let contents = try File.readAll(path, limit: 1 << 28).array
            for place in stride(from: 3, to: contents.count - 40_000, by: 61_019) {
                var damaged = contents
                damaged[place] ^= 0x10
                try File.replace(path, with: Bytes(damaged))
                let (found, dropped) = try read(path)
                #expect(dropped > 0, "at \(place)")
                #expect(found.count < records.count && found.count > 30, "at \(place)")
                #expect(found.allSatisfy(records.contains))
            }
        }
    }

    /// A sector or a page that was lost, also at the head of a record, and at that of the last one.
    @Test(arguments: [
        0..<512, 0..<4096, 0..<65_536, 40_007..<40_014, 40_000..<200_000, 199_993..<200_003,
    ])
    func zerosBeforeSomethingElseAreDamage(zeros: Range<Int>) throws {
        try withLog { path in
            let records = (0..<21).map { record($0, byteCount: 9_993) }
            // Records begin at multiples of 10,000, but for heads in the middle of those over a border.
            var contents: [UInt8] = []
            try write(records, to: path)
            contents = try File.readAll(path, limit: 1 << 28).array
            for place in zeros { contents[place] = 0 }
            try File.replace(path, with: Bytes(contents))
            var reader = try DatabaseLogReader(path)
            var found: [Bytes] = []
            while let record = try reader.next() { found.append(record) }
            #expect(found.count < records.count && found.allSatisfy(records.contains))
            #expect(reader.isDamaged && reader.droppedByteCount > 0)
        }
    }

    /// The head of the last record, whose payload is there.
    @Test func aLastRecordWithoutItsHeadIsDamage() throws {
        try withLog { path in
            let records = (0..<3).map { record($0, byteCount: 100) }
            try write(records, to: path)
            var contents = try File.readAll(path, limit: 1 << 28).array
            for place in 214..<221 { contents[place] = 0 }
            try File.replace(path, with: Bytes(contents))
            var reader = try DatabaseLogReader(path)
            var count = 0
            while try reader.next() != nil { count += 1 }
            #expect(count == 2 && reader.isDamaged && reader.droppedByteCount == 107)
        }
    }

    /// As a file system leaves it that has lost its power, or room that was reserved.
    @Test(arguments: [1, 6, 7, 8, 512, 4_096, 32_768, 100_000, 32 << 20])
    func zerosUpToTheEndAreNoDamage(count: Int) throws {
        try withLog { path in
            let records = (0..<3).map { record($0, byteCount: 20_000) }
            try write(records, to: path)
            let file = try File(path, .append)
            try file.write(Bytes([UInt8](repeating: 0, count: count)))
            file.close()
            var reader = try DatabaseLogReader(path)
            for record in records { #expect(try reader.next() == record) }
            #expect(try reader.next() == nil)
            #expect(!reader.isDamaged && reader.isTorn && reader.droppedByteCount == 0)
        }
    }

    /// Each block asks what comes behind it, and one look answers them all.
    @Test func manyZerosBeforeSomethingElseAreReadTwice() throws {
        try withLog { path in
            let file = try File(path, .replace)
            let zeros = Bytes([UInt8](repeating: 0, count: 1 << 20))
            for _ in 0..<64 { try file.write(zeros) }
            try file.write("x")
            file.close()
            var reader = try DatabaseLogReader(path)
            #expect(try reader.next() == nil)
            #expect(reader.isDamaged && reader.droppedByteCount == 64 << 20)
        }
    }

    @Test func anUnfinishedEndIsNoDamage() throws {
        try withLog { path in
            let records = (0..<3).map { record($0, byteCount: 40_000) }
            try write(records, to: path)
            let contents = try File.readAll(path, limit: 1 << 28)
            for cut in [1, 6, 7, 8, 9_000, 39_000] {
                try File.replace(path, with: contents.prefix(contents.count - cut))
                let (found, dropped) = try read(path)
                #expect(found == Array(records.prefix(2)))
                #expect(dropped == 0)
            }
        }
    }

    /// Nothing is being written to a log any more once another one is begun.
    @Test func aLogIsTornOnlyWhereNoneFollows() throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-logs-")
        defer { try? File.removeTree(folder) }
        let damagedLogs = {
            try DatabaseLogExtent.all(in: folder).filter(\.isDamaged).map(\.name)
        }
        let (first, second) = (folder + "/000008.log", folder + "/000009.log")
        try write([record(0, byteCount: 100), record(1, byteCount: 100)], to: first)
        let whole = try File.readAll(first, limit: 1 << 20)
        try File.replace(first, with: whole.dropLast(10))
        #expect(try damagedLogs() == [])
        // Begun, and nothing written.
        try File.replace(second, with: .empty)
        #expect(try damagedLogs() == [])
        try write([record(2, byteCount: 100)], to: second)
        #expect(try damagedLogs() == ["000008.log"])
        try File.replace(first, with: whole)
        #expect(try damagedLogs() == [])
        // The order is that of the numbers.
        try File.replace(folder + "/1000000.log", with: whole)
        try File.replace(folder + "/999999.log", with: whole.dropLast(10))
        #expect(try damagedLogs() == ["999999.log"])
    }
}
