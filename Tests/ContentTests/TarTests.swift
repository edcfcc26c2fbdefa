import Buffers
import Content
import Multiformats
import TestSupport
import Testing
import UnixFS

@Suite(.timeLimit(.minutes(40)))
struct TarTests {
    /// An entry as a reader of the format sees it.
    struct Entry: Equatable {
        var name: String
        var type: Character
        var mode: UInt64
        var seconds: String
        var target: String
        var content: Bytes
    }

    private func tar(_ cid: CID, in scratch: ScratchLibrary, exact: Bool = false) throws -> Bytes {
        var export = try TarExport(
            cid, name: Bytes(utf8: cid.text()), keepsExactTimes: exact, access: scratch.access)
        var writer = ByteWriter()
        while let piece = try export.next() { writer.append(piece.bytes) }
        return writer.finish()
    }

    private func entries(of tar: Bytes) throws -> [Entry] {
        #expect(tar.count % 512 == 0)
        #expect(tar.dropFirst(tar.count - 1024).array.allSatisfy { $0 == 0 })
        var found: [Entry] = []
        var records: [String: String] = [:]
        var reader = ByteReader(tar.prefix(tar.count - 1024))
        while !reader.isAtEnd {
            let block = try reader.read(512)
            try checkSum(of: block)
            let count = Int(octal(block, 124, 12))
            let content = try reader.read(count)
            _ = try reader.read((512 - count % 512) % 512)
            let type = Character(Unicode.Scalar(block[156]))
            if type == "x" {
                records = pax(content)
                continue
            }
            let prefix = text(block, 345, 155)
            let name = (prefix.isEmpty ? "" : prefix + "/") + text(block, 0, 100)
            found.append(
                Entry(
                    name: records["path"] ?? name, type: type, mode: octal(block, 100, 8),
                    seconds: records["mtime"] ?? String(octal(block, 136, 12)),
                    target: records["linkpath"] ?? text(block, 157, 100), content: content))
            records = [:]
        }
        return found
    }

    private func checkSum(of block: Bytes) throws {
        var sum: UInt64 = 0
        for index in 0..<512 {
            sum += (148..<156).contains(index) ? 32 : UInt64(block[index])
        }
        #expect(octal(block, 148, 8) == sum)
    }

    private func text(_ block: Bytes, _ offset: Int, _ count: Int) -> String {
        let field = block[offset..<offset + count].array.prefix { $0 != 0 }
        return String(decoding: field, as: UTF8.self)
    }

    private func octal(_ block: Bytes, _ offset: Int, _ count: Int) -> UInt64 {
        let digits = text(block, offset, count).filter { $0 != " " }
        return UInt64(digits, radix: 8) ?? .max
    }

    private func pax(_ content: Bytes) -> [String: String] {
        var records: [String: String] = [:]
        var rest = content.array[...]
        while let blank = rest.firstIndex(of: 0x20),
            let count = Int(String(decoding: rest[..<blank], as: UTF8.self))
        {
            let record = rest.prefix(count)
            #expect(record.last == 0x0a)
            let pair = String(decoding: record[(blank + 1)...].dropLast(), as: UTF8.self)
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            records[parts[0]] = parts[1]
            rest = rest.dropFirst(count)
        }
        return records
    }

    @Test func aTreeIsPackedBelowOneName() throws {
        let scratch = try ScratchLibrary()
        let root = try only(try scratch.load("path_gateway_tar/fixtures.car"))
        let found = try entries(of: try tar(root, in: scratch))
        let cid = root.text()
        #expect(found.first?.name == cid + "/")
        #expect(found.first?.type == "5")
        let file = found.first { $0.name == cid + "/ą/ę/file-źł.txt" }
        #expect(file?.content.utf8Text == "I am a txt file on path with utf8\n")
        #expect(file?.mode == 0o644)
        #expect(file?.seconds == "0")
        #expect(try tar(root, in: scratch) == tar(root, in: scratch))
    }

    @Test func aNameThatStaysInsideIsCleaned() throws {
        let scratch = try ScratchLibrary()
        let root = try only(try scratch.load("path_gateway_tar/inside-root.car"))
        let found = try entries(of: try tar(root, in: scratch))
        #expect(found.contains { $0.name == root.text() + "/foobar/file" })
    }

    @Test func aNameThatLeavesTheRootIsRefusedBeforeTheFirstByte() throws {
        let scratch = try ScratchLibrary()
        let root = try only(try scratch.load("path_gateway_tar/outside-root.car"))
        let error = contentError {
            _ = try TarExport(root, name: Bytes(utf8: "x"), access: scratch.access)
        }
        #expect(error?.code == .nameOutsideRoot)
        #expect(error?.message.contains("leads out of the tree") == true)
    }

    @Test func linksTimesAndLongNamesSurvive() throws {
        let scratch = try ScratchLibrary()
        var options = ImportOptions()
        options.preservesMode = true
        options.preservesMtime = true
        let session = try AddSession(
            scratch.access, options: options
        ) { _ in }
        let long = String(repeating: "long-name-", count: 25)
        let split = String(repeating: "p", count: 60) + "/" + String(repeating: "q", count: 90)
        let mtime = ModificationTime(seconds: 1_700_000_000, nanoseconds: 5_000)
        try session.beginFile(
            at: EntryPath(cleaning: Bytes(utf8: "d/" + long)), mode: 0o4711, mtime: mtime)
        try session.write(Bytes(utf8: "x"))
        try session.endFile()
        try session.beginFile(
            at: try EntryPath(cleaning: Bytes(utf8: "d/" + split)),
            mtime: ModificationTime(seconds: -2))
        try session.write(Bytes([UInt8](repeating: 1, count: 1024)))
        try session.endFile()
        try session.addSymlink(at: EntryPath(cleaning: "d/s"), target: Bytes(utf8: long))
        try session.beginFile(
            at: try EntryPath(cleaning: "d/zero"), mtime: ModificationTime(seconds: 0))
        try session.endFile()
        let root = try only(try session.finish(pinning: .none)).cid
        let found = try entries(of: try tar(root, in: scratch, exact: true))
        let first = try #require(found.first { $0.name.hasSuffix(long) })
        #expect(first.seconds == "1700000000.000005")
        #expect(first.mode == 0o4711)
        let second = try #require(found.first { $0.name.hasSuffix(split) })
        #expect(second.seconds == "-2")
        #expect(second.content.count == 1024)
        let link = try #require(found.first { $0.type == "2" })
        #expect(link.target == long)
        let cut = try entries(of: try tar(root, in: scratch))
        #expect(cut.first { $0.name.hasSuffix(long) }?.seconds == "1700000000")
        // Only the archive that is extracted tells 1970-01-01 from no time.
        let records = Bytes(utf8: "11 mtime=0\n").array
        let archives = try [true, false].map { try tar(root, in: scratch, exact: $0).array }
        #expect(archives.map { $0.firstRange(of: records) != nil } == [true, false])
    }

    @Test func whatIsNoUnixFSCannotBePacked() throws {
        let scratch = try ScratchLibrary()
        let root = try only(try scratch.load("path_gateway_dag/dag-cbor-traversal.car"))
        let error = contentError {
            _ = try TarExport(root, name: Bytes(utf8: "x"), access: scratch.access)
        }
        #expect(error?.code == .notUnixFS)
    }
}
