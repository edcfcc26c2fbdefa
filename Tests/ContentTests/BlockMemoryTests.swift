import Buffers
import Content
import Execution
import IPLD
import Multiformats
import Synchronization
import TestSupport
import Testing
import UnixFS

/// Who reads blocks needs memory for one of them at a time, and gets it in turns.
@Suite(.timeLimit(.minutes(40)))
struct BlockMemoryTests {
    private enum Reading: CaseIterable {
        case archive, car, carOfEntity, carOfPath, listing, walk, references, pin, path, file,
            shards
    }

    /// There is room for the largest block alone, or with a small one: a reader that waited for one
    /// block while it holds another would wait until it gives up.
    @Test(arguments: Reading.allCases, [0, 8 << 10])
    private func oneBlockAtATimeIsEnough(_ reading: Reading, room: Int) throws {
        let scratch = try ScratchLibrary()
        let tree = try WideTree(HostileBlocks(scratch))
        let isOfShards = [.carOfEntity, .path, .shards].contains(reading)
        let largest = try #require(
            try scratch.access.byteCount(of: isOfShards ? tree.shards : tree.root))
        try run(reading, tree, in: Library(store: scratch.store, egressBytesMax: largest + room))
    }

    private func run(_ reading: Reading, _ tree: WideTree, in library: Library) throws {
        let access = library.access(for: RequestContext(deadline: soon()))
        switch reading {
        case .archive:
            var export = try TarExport(tree.root, name: Bytes(utf8: "t"), access: access)
            var byteCount = 0
            while let piece = try export.next() { byteCount += piece.bytes.count }
            #expect(byteCount > tree.fileBytes.count + 2 * WideTree.nameCount * 512)
        case .car, .carOfEntity:
            var options = CARExport.Options()
            options.scope = reading == .car ? .all : .entity
            let root = reading == .car ? tree.root : tree.shards
            var export = try CARExport(root: root, access: access, options: options)
            var count = 0
            while try export.next() != nil { count += 1 }
            #expect(count > 1)
        case .carOfPath:
            let path = ContentPath(root: tree.root, segments: ["folder"])
            let memory = access.makeStateShare()
            let found = try PathResolver(access).resolve(path, in: memory)
            var export = try CARExport(found, in: memory, access: access)
            var count = 0
            while try export.next() != nil { count += 1 }
            #expect(count > 2)
        case .listing:
            var listing = try Listing(tree.root, resolvesChildren: true, access: access)
            var count = 0
            while try listing.next() != nil { count += 1 }
            #expect(count == WideTree.nameCount + 3)
        case .walk:
            let figures = try DAGStatistics.count([tree.root], access: access)
            #expect(figures.uniqueBlockCount > 100)
        case .references:
            var options = References.Options()
            options.depthMax = nil
            var references = try References(from: tree.root, access: access, options: options)
            var count = 0
            while try references.next() != nil { count += 1 }
            #expect(count > 3 * WideTree.nameCount)
        case .pin: try Pins(library).add(tree.root, for: access.context)
        case .path:
            let name = Bytes(utf8: WideTree.name(WideTree.nameCount - 1))
            let path = ContentPath(root: tree.shards, segments: [name])
            let found = try PathResolver(access).resolve(path, in: access.makeStateShare())
            #expect(found.cid == tree.leaf)
        case .file:
            var stream = try FileStream(tree.file, access: access)
            var writer = ByteWriter()
            while let piece = try stream.next() { writer.append(piece.bytes) }
            #expect(writer.finish() == tree.fileBytes)
        case .shards:
            let source = access.makeReader()
            var reader = try DirectoryReader(root: tree.shards, from: source)
            var count = 0
            while try reader.next(from: source) != nil { count += 1 }
            #expect(count == WideTree.nameCount)
        }
    }

    /// Whoever checks a block of JSON remembers keys and decodes bytes, and asks for no memory with the block in hand.
    @Test(arguments: [Multicodec.dagJSON, .dagCBOR])
    func whatACheckTakesCountsWithTheBlock(codec: Multicodec) throws {
        let scratch = try ScratchLibrary()
        let entries = (0..<20_000).reversed().map { IPLDValue.Entry(key: "\($0)", value: .null) }
        let bytes = try IPLDCodec.encode(.map(entries), as: codec)
        let cid = try HostileBlocks(scratch).store(bytes, codec)
        let checkBytes = bytes.count * IPLDCodec.checkCopiesMax(as: codec)
        #expect(checkBytes >= (codec == .dagJSON ? entries.count * 8 : 0))
        for room in [0, 1, 1 << 20] {
            // Alone it is read where there is room for the block only.
            let limit = bytes.count + room
            let library = Library(store: scratch.store, egressBytesMax: limit)
            let reader = library.access(for: RequestContext(deadline: soon())).makeReader()
            #expect(try reader.block(cid) == bytes)
            #expect(library.blockMemory.inUse == min(limit, bytes.count + checkBytes))
            reader.release()
            #expect(comesBack { library.blockMemory.inUse })
        }
    }

    /// A library with a large block, for which all memory is taken.
    private func makeFullLibrary() throws -> (ScratchLibrary, large: CID) {
        let scratch = try ScratchLibrary(egressBytesMax: 1 << 20, largeEgressBytesMax: 3 << 20)
        let large = try HostileBlocks(scratch).store(
            Bytes([UInt8](repeating: 1, count: 2 << 20)), .raw)
        let memory = scratch.library.blockMemory.large
        #expect(memory.tryAcquire(memory.limit))
        return (scratch, large)
    }

    /// Clients take turns: who waits for many does not keep others waiting.
    @Test func theClientOfARequestCountsWhereItWaits() throws {
        let (scratch, large) = try makeFullLibrary()
        let memory = scratch.library.blockMemory.large
        let order = Locked<[Int]>([])
        var threads: [Thread] = []
        for client in [1, 1, 2] {
            let context = RequestContext(deadline: soon(), client: client)
            let waiting = memory.waiterCount
            threads.append(
                Thread(name: "client-\(client)") {
                    let reader = scratch.library.access(for: context).makeReader()
                    guard (try? reader.block(large)) != nil else { return }
                    order.withLock { $0.append(client) }
                    reader.release()
                })
            let deadline = soon()
            while memory.waiterCount == waiting, !deadline.hasPassed { Thread.yield() }
        }
        memory.release(memory.limit)
        for thread in threads { thread.join() }
        #expect(order.withLock { $0 } == [1, 2, 1])
    }

    /// Of a hundred who wait for a large block each would work on it, for a caller who left meanwhile.
    @Test func whoseCallerLeftWhileItWaitedGetsNoBlock() throws {
        let (scratch, large) = try makeFullLibrary()
        let memory = scratch.library.blockMemory.large
        let isGone = Atomic(false)
        let context = RequestContext(deadline: soon(), firstLook: .zero) {
            !isGone.load(ordering: .sequentiallyConsistent)
        }
        let outcome = Pending<ContentError?>()
        let thread = Thread(name: "reader") { [library = scratch.library] in
            let reader = library.access(for: context).makeReader()
            outcome.fulfil(contentError { _ = try reader.block(large) })
        }
        while memory.waiterCount == 0 { pause(for: .milliseconds(1)) }
        pause(for: Limits.callerLookInterval)
        isGone.store(true, ordering: .sequentiallyConsistent)
        memory.release(memory.limit)
        #expect(outcome.value()?.code == .cancelled)
        thread.join()
        #expect(memory.inUse == 0)
    }

    /// Others have all memory for large blocks: that is nothing to those who read ordinary ones.
    @Test func largeBlocksDoNotMakeOrdinaryOnesWait() throws {
        let scratch = try ScratchLibrary(
            egressBytesMax: 1 << 20, largeEgressBytesMax: 3 << 20)
        let blocks = HostileBlocks(scratch)
        var random = SeededRandom(seed: 7)
        let large = try blocks.store(random.bytes(2 << 20), .raw)
        let other = try blocks.store(random.bytes(2 << 20), .raw)
        let ordinary = try blocks.store(random.bytes(256 << 10), .raw)
        let holder = scratch.access.makeReader()
        _ = try holder.block(large)
        let patient = RequestContext(deadline: .after(.milliseconds(200)))
        let error = contentError {
            _ = try scratch.library.access(for: patient).makeReader().block(other)
        }
        #expect(error?.code == .deadlineExceeded)
        #expect(try scratch.access.makeReader().block(ordinary).count == 256 << 10)
        withExtendedLifetime(holder) {}
    }

    /// Readers that hold their block for long, as a folder's pages do, go on by turns.
    @Test func readersTakeTurns() throws {
        let scratch = try ScratchLibrary()
        let tree = try WideTree(HostileBlocks(scratch))
        let largest = try #require(try scratch.access.byteCount(of: tree.root))
        let library = Library(store: scratch.store, egressBytesMax: largest)
        let access = library.access(for: RequestContext(deadline: soon()))
        var listing = try Listing(tree.root, resolvesChildren: false, access: access)
        #expect(try listing.next() != nil)
        let found = Pending<Int>()
        let other = Thread(name: "other") {
            found.fulfil((try? access.makeReader().block(tree.shards).count) ?? -1)
        }
        let memory = library.blockMemory.ordinary
        while memory.waiterCount == 0 { pause(for: .milliseconds(1)) }
        var count = 1
        while memory.waiterCount > 0 {
            pause(for: .milliseconds(1))
            if try listing.next() != nil { count += 1 }
        }
        other.join()
        #expect(found.value() > 0)
        while try listing.next() != nil { count += 1 }
        #expect(count == WideTree.nameCount + 3)
    }

    /// Who has waited long for its first block has it for a while, and not for no time at all.
    @Test func aWaitIsNoTurn() throws {
        let scratch = try ScratchLibrary(egressBytesMax: 64 << 10)
        let blocks = HostileBlocks(scratch)
        var random = SeededRandom(seed: 8)
        let cids = try (0..<2).map { _ in try blocks.store(random.bytes(64 << 10), .raw) }
        let memory = scratch.library.blockMemory.ordinary
        #expect(memory.tryAcquire(memory.limit))
        let access = scratch.library.access(for: RequestContext(deadline: soon()))
        let turns = Locked([Bool?]())
        let readers = cids.map { cid in
            Thread(name: "reader") {
                let reader = access.makeReader()
                let block = try? reader.block(cid)
                turns.withLock { $0.append(block.map { _ in reader.isOthersTurn }) }
            }
        }
        while memory.waiterCount < 2 { pause(for: .milliseconds(1)) }
        pause(for: .milliseconds(300))
        memory.release(memory.limit)
        for reader in readers { reader.join() }
        #expect(turns.withLock { $0 } == [false, false])
    }

    /// The header of a file in an archive and its content come from one reading of its root.
    @Test func aFileOfOneLargeBlockIsArchived() throws {
        let scratch = try ScratchLibrary()
        let blocks = HostileBlocks(scratch)
        let bytes = Bytes([UInt8](repeating: 7, count: 30 << 20))
        let file = try blocks.store(bytes, .raw)
        let root = try blocks.node([("f", file)])
        var export = try TarExport(root, name: Bytes(utf8: "t"), access: scratch.access)
        var byteCount = 0
        while let piece = try export.next() { byteCount += piece.bytes.count }
        #expect(byteCount == (30 << 20) + 4 * 512)
    }
}

/// A folder of names, with the same names in a plain and in a sharded folder below it, and a file.
private struct WideTree {
    static let nameCount = 1_100
    let root: CID
    let shards: CID
    let file: CID
    let fileBytes: Bytes
    let leaf: CID

    static func name(_ number: Int) -> String {
        let digits = "\(number)"
        return digits + String(repeating: "n", count: 80 - digits.count)
    }

    init(_ blocks: HostileBlocks) throws {
        let leaf = try blocks.raw("leaf")
        self.leaf = leaf
        let entries = (0..<Self.nameCount).map { (name: Self.name($0), cid: leaf) }
        let folder = try blocks.node(entries)
        var options = ImportOptions()
        options.chunker = .fixed(100 << 10)
        var random = SeededRandom(seed: 17)
        fileBytes = random.bytes(400 << 10)
        file = try blocks.scratch.add(fileBytes, options).cid
        options.hamtThreshold = 1
        options.maxHAMTFanout = 1_024
        var builder = DirectoryBuilder(options: options)
        for (name, cid) in entries {
            try builder.add(Bytes(utf8: name), Child(cid: cid, fileByteCount: 4, tsize: 4))
        }
        shards = try builder.finish(seal: blocks.store).cid
        root = try blocks.node(
            entries + [
                (name: "file", cid: file), (name: "folder", cid: folder),
                (name: "shards", cid: shards),
            ])
    }
}
