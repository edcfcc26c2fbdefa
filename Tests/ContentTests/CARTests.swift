import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

@testable import BlockStore

@Suite(.timeLimit(.minutes(40)))
struct CARTests {
    let scratch: ScratchLibrary

    init() throws {
        scratch = try ScratchLibrary()
        try Tree.load(scratch)
    }

    private func export(
        _ path: String, _ change: (inout CARExport.Options) -> Void = { _ in }
    ) throws -> Bytes {
        var options = CARExport.Options()
        change(&options)
        var car = try CARExport(
            try scratch.resolve(path), in: nil, access: scratch.access, options: options)
        var writer = ByteWriter()
        while let piece = try car.next() { writer.append(piece.bytes) }
        if let known = car.byteCount { #expect(known == UInt64(writer.count)) }
        return writer.finish()
    }

    private func blocks(of car: Bytes) throws -> [CID] {
        var reader = CARReader()
        reader.feed(car)
        var cids: [CID] = []
        while let event = try reader.next() {
            if case .block(let block) = event { cids.append(block.cid) }
        }
        try reader.finish()
        return cids
    }

    private func cid(_ path: String) throws -> CID { try scratch.resolve(path).cid }

    private func parts(of path: String) throws -> [CID] {
        guard
            case .file(let file) = try UnixFSNode.read(
                try scratch.access.makeReader().named(try cid(path)))
        else { return [] }
        var (parts, cids) = (file.parts, [CID]())
        while let part = parts.next() { cids.append(part.cid) }
        return cids
    }

    @Test func aPathComesBeforeWhatItLeadsTo() throws {
        let found = try blocks(of: try export(Tree.two + "/subdir/ascii.txt"))
        #expect(
            try found == [
                cid(Tree.two), cid(Tree.two + "/subdir"), cid(Tree.two + "/subdir/ascii.txt"),
            ])
    }

    @Test func aPathThroughShardsHasThoseOnTheWayOnly() throws {
        let path = Tree.sharded + "/685.txt"
        let found = try blocks(of: try export(path))
        #expect(found.count == 8)
        #expect(try found[0] == cid(Tree.sharded))
        #expect(try found[2] == cid(path))
        #expect(try Array(found[3...]) == parts(of: path))
    }

    @Test func scopeBlockIsOneBlockAtTheEnd() throws {
        let one = try blocks(of: try export(Tree.two + "/subdir") { $0.scope = .block })
        #expect(one.count == 2)
        let shard = try blocks(of: try export(Tree.sharded + "/1.txt") { $0.scope = .block })
        #expect(shard.count == 3)
    }

    @Test func scopeEntityKnowsWhatAnEntityIs() throws {
        #expect(try blocks(of: try export(Tree.two) { $0.scope = .entity }).count == 1)
        let file = Tree.mixed + "/subdir/multiblock.txt"
        let found = try blocks(of: try export(file) { $0.scope = .entity })
        #expect(
            try found == [cid(Tree.mixed), cid(Tree.mixed + "/subdir"), cid(file)] + parts(of: file)
        )
        let document = try blocks(
            of: try export(Tree.cborFolder + "/document") { $0.scope = .entity })
        #expect(document.count == 2)
        let shards = try blocks(of: try export(Tree.sharded) { $0.scope = .entity })
        let all = try scratch.load(Tree.cars[4])
        #expect(all.count == 1)
        #expect(shards.count == 243 - 6)
    }

    /// Its root alone would be an answer without the blocks that the entity has.
    @Test(arguments: [
        "name", "count", "size", "fanout", "time", "group", "no UnixFS", "no data", "type",
    ])
    func anEntityThatBreaksTheRulesIsToldAndNoneIsOneBlock(fault: String) throws {
        let hostile = HostileBlocks(scratch)
        let leaf = try hostile.raw("12345")
        var message = UnixFSData(type: fault == "fanout" ? .shard : .file)
        message.blockSizes = fault == "count" ? [] : [5]
        message.fileSize = fault == "size" ? 6 : 5
        (message.hashType, message.fanout) = (0x22, fault == "fanout" ? 3 : nil)
        var data: Bytes? = message.encode()
        switch fault {
        case "time": data = try data?.appending(Bytes(hex: "42 00"))
        case "group": data = try data?.appending(Bytes(hex: "53 54"))
        case "no UnixFS": data = Bytes(utf8: "some text")
        case "no data": data = nil
        case "type": data = try Bytes(hex: "08 09")
        default: break
        }
        let name = Bytes(utf8: fault == "name" ? "n" : "")
        let node = DagPBNode(links: [DagPBLink(cid: leaf, nameBytes: name, tsize: 5)], data: data)
        let root = try hostile.store(node.encode(), .dagPB)
        let isUnixFS = !["no UnixFS", "no data", "type"].contains(fault)
        for span in [nil, ByteSpan.all, ByteSpan(from: 0, to: 4)] {
            let error = contentError {
                let car = try export(root.text()) { ($0.scope, $0.span) = (.entity, span) }
                #expect(try blocks(of: car) == [root])
            }
            #expect((error?.code == .undecodable) == isUnixFS, "\(error?.message ?? "none")")
            #expect((error == nil) == !isUnixFS)
        }
        #expect(try blocks(of: try export(root.text()) { $0.scope = .block }) == [root])
    }

    @Test(
        arguments: [
            (512, nil, [2, 3, 4]), (512, 1023, [2, 3]), (512, -256, [2, 3]), (-5, nil, [3, 4]),
            (-9999, nil, [0, 1, 2, 3, 4]), (-9999, -3, [0, 1, 2, 3]), (0, 0, [0]),
            (0, nil, [0, 1, 2, 3, 4]),
        ] as [(Int64, Int64?, [Int])])
    func aSpanHasTheLeavesThatHoldIt(from: Int64, to: Int64?, leaves: [Int]) throws {
        let root = try cid(Tree.mixed + "/subdir/multiblock.txt").text()
        let found = try blocks(of: try export(root) { $0.span = ByteSpan(from: from, to: to) })
        let parts = try parts(of: root)
        #expect(try found == [cid(root)] + leaves.map { parts[$0] })
    }

    @Test func aSpanNeedsOnlyItsOwnLeaves() throws {
        let parts = try parts(of: Tree.hole)
        let start = try blocks(of: try export(Tree.hole) { $0.span = ByteSpan(from: 0, to: 1000) })
        #expect(try start == [cid(Tree.hole), parts[0]])
        let end = try blocks(of: try export(Tree.hole) { $0.span = ByteSpan(from: 2200, to: nil) })
        #expect(try end == [cid(Tree.hole), parts[2]])
    }

    @Test func aSpanOutsideTheFileIsRefusedBeforeAnythingIsSent() throws {
        let path = Tree.mixed + "/subdir/multiblock.txt"
        let error = contentError {
            _ = try export(path) { $0.span = ByteSpan(from: 1026, to: nil) }
        }
        #expect(error?.code == .rangeOutside)
    }

    @Test func duplicatesAreSentOnceOrEachTime() throws {
        let once = try blocks(of: try export(Tree.files))
        let every = try blocks(of: try export(Tree.files) { $0.sendsDuplicates = true })
        #expect(once.count == 9)
        #expect(every.count == 10)
        #expect(every[1] == every[2])
    }

    @Test func identityBlocksAreNeverSent() throws {
        let root = "bafkqaf3imvwgy3zaneqgc3janfxgy2lomvscay3jmqfa"
        let car = try export(root) { $0.sendsDuplicates = true }
        #expect(try blocks(of: car).isEmpty)
    }

    @Test func aMissingBlockIsAnErrorOrIsSkipped() throws {
        let error = contentError { _ = try export(Tree.hole) }
        #expect(error?.code == .blockNotFound)
        #expect(try blocks(of: try export(Tree.hole) { $0.skipsMissing = true }).count == 3)
        let absent = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
        #expect(contentError { _ = try export(absent) }?.code == .blockNotFound)
    }

    @Test func whatIsExportedCanBeImportedInPieces() throws {
        var random = SeededRandom(seed: 2)
        let bytes = random.bytes(1_500_000)
        let file = try scratch.add(bytes)
        let car = try export(file.cid.text())
        for pieceByteCount in [1_000, 70_000, car.count] {
            let other = try ScratchLibrary()
            let archive = CARImport(other.access)
            var offset = 0
            while offset < car.count {
                let end = min(offset + pieceByteCount, car.count)
                try archive.feed(car[offset..<end])
                offset = end
            }
            try archive.endArchive()
            let root = try only(try archive.finish(pinsRoots: true))
            #expect(root.cid == file.cid)
            #expect(root.pinError == nil)
            #expect(archive.blockCount == 7)
            #expect(try other.read(file.cid) == bytes)
            #expect(try Pins(other.library).pin(of: file.cid)?.mode == .recursive)
        }
    }

    /// A piece of a slow client is nearly all room, and thousands of blocks are on their way at once.
    @Test(arguments: [false, true])
    func aShortBlockDoesNotKeepThePieceThatItCameIn(isIdentity: Bool) throws {
        let hostile = HostileBlocks(scratch)
        let other = try ScratchLibrary()
        let archive = CARImport(other.access)
        try archive.feed(CARWriter.header(roots: []))
        let room = Bytes([UInt8](repeating: 0, count: 16 << 10))
        let live = Locked(0)
        var most = 0
        for number in 0..<200 {
            let text = Bytes(utf8: "block \(number)")
            let cid =
                isIdentity ? HostileBlocks.identity(text, .raw) : try hostile.store(text, .raw)
            var section = ByteWriter()
            section.append(CARWriter.sectionHead(cid: cid, payloadCount: text.count))
            section.append(text)
            let count = section.count
            section.append(room)
            live.withLock { $0 += 1 }
            let piece = section.finish().copy { live.withLock { $0 -= 1 } }
            try archive.feed(piece.prefix(count))
            most = max(most, live.withLock { $0 })
        }
        // The one at hand is still the test's own.
        #expect(most <= 1)
        #expect(other.library.ingestBudget.inUse > 0, "blocks are on their way")
        try archive.endArchive()
        #expect(archive.blockCount == 200)
        #expect(try archive.finish(pinsRoots: false).isEmpty)
    }

    /// They are remembered until the end, and so is what becomes of them.
    @Test func theRootsOfAnImportAreCounted() throws {
        let cids = (0..<20_000).map { number in
            let digest = (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 4 * 8)) }
            return CID.v1(.raw, Multihash(code: .sha2_256, digest: Bytes(digest)))
        }
        let other = try ScratchLibrary()
        let present = try other.add(Bytes(utf8: "here")).cid
        do {
            let archive = CARImport(other.access)
            try archive.feed(CARWriter.header(roots: cids))
            try archive.endArchive()
            let before = other.library.entryMemory.budget.inUse
            #expect(before >= 20_000 * 2 * MemoryLayout<CID>.stride)
            // Once more, and they take nothing more.
            try archive.feed(CARWriter.header(roots: cids + [present]))
            try archive.endArchive()
            let roots = try archive.finish(pinsRoots: true)
            #expect(roots.count == 20_001)
            #expect(roots.last?.cid == present && roots.last?.pinError == nil)
            let messages = roots.reduce(0) { $0 + ($1.pinError?.utf8.count ?? 0) }
            #expect(messages > 1 << 20)
            #expect(other.library.entryMemory.budget.inUse - before >= messages - (64 << 10))
            #expect(try Pins(other.library).pin(of: present) != nil)
        }
        #expect(other.library.entryMemory.budget.inUse == 0)
    }

    /// A part that the store refuses says so; what was pinned before it is not told as failed.
    @Test func errorsOfPinsBelongToTheirPartOfTheRoots() throws {
        let other = try ScratchLibrary()
        let count = Limits.pinsAtOnceMax
        // Identity CIDs are always there.
        let roots = (0..<count + 3).map { HostileBlocks.identity(Bytes(utf8: "\($0)"), .raw) }
        let results = Pending<[ImportedRoot]>()
        let claims = other.store.claims
        let thread = try claims.with([PinKey(roots[count + 1], .rpc).row], by: soon()) {
            () throws(BlockStoreError) in
            let thread = Thread(name: "import") {
                let archive = CARImport(other.access)
                try? archive.feed(CARWriter.header(roots: roots))
                try? archive.endArchive()
                results.fulfil((try? archive.finish(pinsRoots: true)) ?? [])
            }
            let deadline = soon()
            while claims.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
            for index in [0, count - 1] {
                #expect((try? Pins(other.library).pin(of: roots[index]))??.mode == .recursive)
            }
            // Nothing can be written from now on.
            other.store.close()
            return thread
        }
        let failed = results.value().filter { $0.pinError != nil }
        thread.join()
        #expect(results.value().map(\.cid) == roots)
        #expect(failed.map(\.cid) == Array(roots[count...]))
    }

    @Test func aRootWithMissingBlocksIsNotPinnedAndSaysSo() throws {
        let other = try ScratchLibrary()
        let archive = CARImport(other.access)
        try archive.feed(try Fixture.bytes("gateway-conformance/" + Tree.cars[5]))
        try archive.endArchive()
        let root = try only(try archive.finish(pinsRoots: true))
        #expect(root.pinError?.hasPrefix("block was not found locally (offline)") == true)
        #expect(try Pins(other.library).pin(of: root.cid) == nil)
    }

    @Test func aTornCARNamesTheLastBlockThatCameThrough() throws {
        let car = try export(Tree.mixed)
        let cids = try blocks(of: car)
        let other = try ScratchLibrary()
        let archive = CARImport(other.access)
        let error = contentError {
            try archive.feed(car.prefix(car.count - 1))
            try archive.endArchive()
        }
        #expect(error?.code == .badArchive)
        let before = cids[cids.count - 2].text()
        #expect(error?.message == "import failed after block \"\(before)\": unexpected EOF")
    }

    @Test func aBlockWithAnotherHashIsRefusedByName() throws {
        let car = try export(Tree.mixed)
        let last = try #require(try blocks(of: car).last)
        var bytes = car.array
        bytes[bytes.count - 1] ^= 1
        let other = try ScratchLibrary()
        let archive = CARImport(other.access)
        let error = contentError {
            try archive.feed(Bytes(bytes))
            try archive.endArchive()
            _ = try archive.finish(pinsRoots: true)
        }
        #expect(error?.code == .damaged)
        #expect(error?.message.hasPrefix("import failed at block \"\(last.text())\": ") == true)
        #expect(try other.store.contains(last.multihash) == false)
    }

    @Test func bytesThatAreNoCARAreRefused() throws {
        let archive = CARImport(scratch.access)
        let error = contentError {
            try archive.feed(Bytes(utf8: "this is not a CAR at all"))
            try archive.endArchive()
        }
        #expect(error?.code == .badArchive)
        #expect(error?.message.hasPrefix("import failed: ") == true)
    }

    @Test func aBigBlockNeedsPermission() throws {
        let writer = BlockWriter(scratch.access, allowsBigBlocks: true)
        var random = SeededRandom(seed: 6)
        let cid = try writer.put(random.bytes((2 << 20) + 1), naming: .init())
        let car = try export(cid.text())
        let other = try ScratchLibrary()
        let refused = CARImport(other.access)
        let error = contentError { try refused.feed(car) }
        #expect(error?.code == .blockTooLarge)
        let allowed = CARImport(other.access, allowsBigBlocks: true)
        try allowed.feed(car)
        try allowed.endArchive()
        #expect(try allowed.finish(pinsRoots: false).map(\.cid) == [cid])
    }
}
