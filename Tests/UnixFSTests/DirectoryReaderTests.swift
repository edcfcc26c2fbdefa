import Buffers
import IPLD
import Multiformats
import Testing
import UnixFS

/// What readers of directories accept and refuse.
@Suite(.timeLimit(.minutes(40)))
struct DirectoryReaderTests {
    private let blocks = MemoryBlocks()

    @Test func anUnsortedDirectoryIsListedAsItIsAndTheFirstOfANameWins() throws {
        let links = try ["b", "a", "b"].enumerated().map { number, name in
            DagPBLink(
                cid: try blocks.store(Bytes(utf8: "\(number)"), .raw),
                nameBytes: Bytes(utf8: name), tsize: nil)
        }
        let directory = BuiltDirectory(
            root: try store(links, UnixFSData(type: .directory)), blocks: blocks)
        #expect(try directory.list().map(\.name.utf8Text) == ["b", "a", "b"])
        let found = try DirectoryReader.lookup(
            Bytes(utf8: "b"), in: try directory.block(), from: blocks)
        #expect(found.entry?.cid == links[0].cid)
        #expect(found.shards.isEmpty)
    }

    @Test func aFileIsNoDirectory() throws {
        let cid = try blocks.store(Bytes(utf8: "x"), .raw)
        let error = #expect(throws: UnixFSError.self) {
            try DirectoryReader(root: cid, from: blocks)
        }
        #expect(error?.code == .notADirectory)
    }

    @Test(arguments: [
        "fan-out 0", "fan-out 6", "fan-out 12", "fan-out 4", "fan-out 2048", "no fan-out",
        "hash", "wide bitmap", "too few bits", "too many bits", "short name",
    ])
    func aShardThatBreaksTheRulesIsRefused(how: String) throws {
        var message = UnixFSData(type: .shard)
        (message.hashType, message.fanout) = (0x22, 256)
        message.data = [0b1]
        var name = "00a"
        switch how {
        case "no fan-out": message.fanout = nil
        case "hash": message.hashType = 0x12
        case "wide bitmap": message.data = Bytes([UInt8](repeating: 0, count: 32) + [1])
        case "too few bits": message.data = .empty
        case "too many bits": message.data = [0b11]
        case "short name": name = "0"
        default: message.fanout = UInt64(how.dropFirst(8))
        }
        let link = DagPBLink(
            cid: try blocks.store(Bytes(utf8: "x"), .raw), nameBytes: Bytes(utf8: name), tsize: 1)
        let cid = try store([link], message)
        let error = #expect(throws: UnixFSError.self) {
            try DirectoryReader(root: cid, from: blocks)
        }
        #expect(error?.code == .malformed)
        #expect(error?.message.contains(cid.text()) == true)
    }

    @Test func aChildThatIsNoShardIsRefused() throws {
        let plain = try store([], UnixFSData(type: .directory))
        var message = UnixFSData(type: .shard)
        (message.hashType, message.fanout, message.data) = (0x22, 256, [1])
        let link = DagPBLink(cid: plain, nameBytes: Bytes(utf8: "00"), tsize: 1)
        var reader = try DirectoryReader(root: try store([link], message), from: blocks)
        let error = #expect(throws: UnixFSError.self) { try reader.next(from: blocks) }
        #expect(error?.code == .malformed)
    }

    @Test func shardsBelowTheLastBitOfTheHashAreRefused() throws {
        var message = UnixFSData(type: .shard)
        (message.hashType, message.fanout, message.data) = (0x22, 1024, [1])
        var cid = try store(
            [
                DagPBLink(
                    cid: try blocks.store(Bytes(utf8: "x"), .raw),
                    nameBytes: Bytes(utf8: "000x"), tsize: 1)
            ], message)
        // Six levels use 60 bits; a seventh has none left.
        for level in 2...7 {
            cid = try store(
                [DagPBLink(cid: cid, nameBytes: Bytes(utf8: "000"), tsize: 1)], message)
            var reader = try DirectoryReader(root: cid, from: blocks)
            if level < 7 {
                #expect(try reader.next(from: blocks)?.name == Bytes(utf8: "x"))
            } else {
                let error = #expect(throws: UnixFSError.self) { try reader.next(from: blocks) }
                #expect(error?.code == .tooDeep)
            }
        }
    }

    /// Six blocks whose links all lead to one child would keep a listing busy for ever.
    @Test(arguments: [8, 1024])
    func aShardThatLeadsToNoEntryIsRefused(fanout: Int) throws {
        var message = UnixFSData(type: .shard)
        (message.hashType, message.fanout) = (0x22, UInt64(fanout))
        var cid = try store([], message)
        #expect(try BuiltDirectory(root: cid, blocks: blocks).list().isEmpty)
        message.data = Bytes([UInt8](repeating: 0xFF, count: fanout / 8))
        let digitCount = String(fanout - 1, radix: 16).count
        for _ in 0..<5 {
            let name = Bytes([UInt8](repeating: UInt8(ascii: "0"), count: digitCount))
            let link = DagPBLink(cid: cid, nameBytes: name, tsize: 1)
            cid = try store([DagPBLink](repeating: link, count: fanout), message)
        }
        let before = blocks.asked.count
        let error = #expect(throws: UnixFSError.self) {
            try BuiltDirectory(root: cid, blocks: blocks).list()
        }
        #expect(error?.code == .malformed)
        #expect(blocks.asked.count - before < 10)
    }

    /// A reader that was let go of goes on where it was, with the same entries.
    @Test(arguments: [0, 1 << 20])
    func aDirectoryThatIsReleasedAfterEachEntryIsListedTheSame(threshold: Int) throws {
        var options = ImportOptions()
        (options.hamtThreshold, options.maxHAMTFanout) = (threshold, 8)
        let seal = try blocks.sealer(options)
        let child = Child(
            cid: try blocks.store(Bytes(utf8: "x"), .raw), fileByteCount: 1, tsize: 1)
        var builder = DirectoryBuilder(options: options)
        for number in 0..<300 { try builder.add(Bytes(utf8: "n\(number)"), child) }
        let root = try builder.finish(seal: seal).cid
        var reader = try DirectoryReader(root: root, from: blocks)
        var entries: [DirectoryEntry] = []
        while let entry = try reader.next(from: blocks) {
            entries.append(entry)
            reader.release()
        }
        #expect(entries == (try BuiltDirectory(root: root, blocks: blocks).list()))
        #expect(entries.count == 300)
    }

    @Test(arguments: ["", ".", "..", "a/b", "/"])
    func aNameThatNoEntryCanHaveIsRefused(name: String) throws {
        let child = Child(
            cid: try blocks.store(Bytes(utf8: "x"), .raw), fileByteCount: 1, tsize: 1)
        var builder = DirectoryBuilder(options: ImportOptions())
        let error = #expect(throws: UnixFSError.self) { try builder.add(Bytes(utf8: name), child) }
        #expect(error?.code == .invalidName)
    }

    private func store(_ links: [DagPBLink], _ message: UnixFSData) throws -> CID {
        try blocks.store(DagPBNode(links: links, data: message.encode()).encode())
    }
}
