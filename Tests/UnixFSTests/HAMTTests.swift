import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// HAMT directories: one set of names gives one root, also names that were made to collide.
@Suite(.timeLimit(.minutes(40)))
struct HAMTTests {
    @Test(arguments: [8, 256, 1024], [1, 2, 3])
    func theRootDependsOnTheNamesOnly(fanout: Int, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var names = (0..<300).map { _ in random.bytes(1 + random.below(12)).hex }
        let first = try Self.build(names.map { Bytes(utf8: $0) }, fanout: fanout)
        names.shuffle(using: &random)
        let second = try Self.build(names.map { Bytes(utf8: $0) }, fanout: fanout)
        #expect(first.root == second.root, "seed \(seed)")
        // Some names twice, and the last of them counts: still the same directory.
        let again = names + names.prefix(20)
        #expect(try Self.build(again.map { Bytes(utf8: $0) }, fanout: fanout).root == first.root)
    }

    @Test(arguments: [8, 256, 1024], [0, 8, 16, 32, 56])
    func namesWithEqualHashPrefixesAreFoundAgain(fanout: Int, equalBits: Int) throws {
        let prefix: UInt64 = 0x0123_4567_89ab_cdef
        let differing = UInt64(64 - equalBits)
        // The difference is in the bits right behind the prefix, where every fan-out still looks.
        let hashes = (0..<4).map { number -> UInt64 in
            let kept = equalBits == 0 ? 0 : (prefix >> differing) << differing
            return kept | UInt64(number) << (differing - 4)
        }
        let names = CraftedNames.names(hashes)
        #expect(names.map(MurmurHash3.first64) == hashes)
        let built = try Self.build(names, fanout: fanout)
        for name in names {
            let lookup = try DirectoryReader.lookup(
                name, in: try built.block(), from: built.blocks)
            #expect(lookup.entry?.name == name)
            // Its nearest neighbour differs in the fourth bit behind the prefix.
            let shardCount = (equalBits + 3) / fanout.trailingZeroBitCount
            #expect(lookup.shards.count == shardCount)
        }
        #expect(try built.list().count == names.count)
    }

    @Test(arguments: [8, 256, 1024])
    func namesWithEqualHashesAreRefused(fanout: Int) throws {
        let names = CraftedNames.names([0x1122_3344_5566_7788, 0x1122_3344_5566_7788])
        #expect(names[0] != names[1])
        #expect(throws: UnixFSError(.tooDeep, "sharded directory too deep")) {
            try Self.build(names, fanout: fanout)
        }
    }

    @Test func aLookUpReadsOnlyTheShardsOnTheWay() throws {
        let names = (0..<2_000).map { Bytes(utf8: "file\($0)") }
        let built = try Self.build(names, fanout: 8)
        let before = built.blocks.asked.count
        let lookup = try DirectoryReader.lookup(
            names[77], in: try built.block(), from: built.blocks)
        #expect(lookup.entry?.name == names[77])
        #expect(Array(built.blocks.asked.dropFirst(before + 1)) == lookup.shards)
        #expect(2...7 ~= lookup.shards.count)
        let missing = try DirectoryReader.lookup(
            Bytes(utf8: "nothing"), in: try built.block(), from: built.blocks)
        #expect(missing.entry == nil)
    }

    @Test func theListIsInTheOrderOfHashes() throws {
        let names = (0..<500).map { Bytes(utf8: "n\($0)") }
        let built = try Self.build(names, fanout: 16)
        let hashes = try built.list().map { MurmurHash3.first64(of: $0.name) }
        #expect(hashes == hashes.sorted())
        #expect(hashes.count == 500)
    }

    @Test func theShardsThatComeNextAreKnown() throws {
        let built = try Self.build((0..<2_000).map { Bytes(utf8: "n\($0)") }, fanout: 8)
        var reader = try DirectoryReader(root: built.root, from: built.blocks)
        let ahead = reader.upcomingEntries(limit: 5)
        #expect(ahead.count == 5)
        let before = built.blocks.asked.count
        while let _ = try reader.next(from: built.blocks) {}
        let read = built.blocks.asked.dropFirst(before)
        #expect(ahead.allSatisfy(read.contains))
        #expect(reader.upcomingEntries(limit: 5).isEmpty)
    }

    private static func build(_ names: [Bytes], fanout: Int) throws -> BuiltDirectory {
        var options = ImportOptions()
        options.hamtThreshold = 0
        options.maxHAMTFanout = fanout
        let blocks = MemoryBlocks()
        let seal = try blocks.sealer(options)
        let child = Child(
            cid: try blocks.store(Bytes(utf8: "x"), .raw), fileByteCount: 1, tsize: 1)
        var builder = DirectoryBuilder(options: options)
        for name in names { try builder.add(name, child) }
        return BuiltDirectory(root: try builder.finish(seal: seal).cid, blocks: blocks)
    }
}

/// A directory in memory.
struct BuiltDirectory {
    let root: CID
    let blocks: MemoryBlocks

    func block() throws -> Block { Block(cid: root, bytes: try blocks.block(root)) }

    func list() throws -> [DirectoryEntry] {
        var reader = try DirectoryReader(root: root, from: blocks)
        var entries: [DirectoryEntry] = []
        while let entry = try reader.next(from: blocks) { entries.append(entry) }
        return entries
    }
}
