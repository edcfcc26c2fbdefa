import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// A large block with many small children is read once for all of them, and not once for each, as long as
/// nobody else wants its memory.
@Suite(.timeLimit(.minutes(40)))
struct WideParentTests {
    private static let childCount = 600
    private let scratch: ScratchLibrary
    private let blocks: HostileBlocks
    private let source: CountedSource

    init() throws {
        scratch = try ScratchLibrary()
        blocks = HostileBlocks(scratch)
        source = CountedSource(scratch.store)
    }

    private func makeAccess(largeEgressBytesMax: Int = 34 << 20) -> ContentAccess {
        Library(store: scratch.store, largeEgressBytesMax: largeEgressBytesMax, source: source)
            .access(for: RequestContext(deadline: soon()))
    }

    /// 3 MB with a link to each of some nodes that have a link each.
    private func wideNode(above leaf: CID) throws -> CID {
        let name = String(repeating: "n", count: 5_000)
        let links = try (0..<Self.childCount).map { number in
            (name: name, cid: try blocks.node([("\(number)", leaf)]))
        }
        return try blocks.node(links)
    }

    private enum Reading: CaseIterable {
        case walk, walkOfAll, car, references, faults, pin
    }

    @Test(arguments: Reading.allCases)
    private func aWalkReadsItOnce(_ reading: Reading) throws {
        let root = try wideNode(above: try blocks.raw("leaf"))
        let access = makeAccess()
        switch reading {
        case .walk, .walkOfAll:
            var options = DAGWalk.Options()
            options.repetition = reading == .walk ? .once : .every
            var walk = DAGWalk(roots: [root], access: access, options: options)
            var count = 0
            while try walk.next() != nil { count += 1 }
            #expect(count == 1 + Self.childCount + (reading == .walk ? 1 : Self.childCount))
        case .car:
            var export = try CARExport(root: root, access: access)
            while try export.next() != nil {}
        case .references:
            var options = References.Options()
            options.depthMax = nil
            var references = try References(from: root, access: access, options: options)
            var count = 0
            while try references.next() != nil { count += 1 }
            #expect(count == 2 * Self.childCount)
        case .faults:
            var walk = FaultWalk(from: root, access: access)
            #expect(try walk.next() == nil)
        case .pin: try Pins(access.library).add(root, for: access.context)
        }
        // An archive looks at its root before it begins.
        #expect(source.lookCount(at: root) <= 2)
    }

    /// Those between it and the small ones are read once each, too.
    @Test func aNodeBetweenIsReadOnce() throws {
        let leaf = try blocks.raw("leaf")
        let wide = try wideNode(above: leaf)
        let filling = String(repeating: "f", count: 7 << 20)
        let root = try blocks.node([("a", wide), (filling, leaf), ("b", wide), ("c", wide)])
        var options = DAGWalk.Options()
        options.repetition = .every
        var walk = DAGWalk(roots: [root], access: makeAccess(), options: options)
        while try walk.next() != nil {}
        #expect(source.lookCount(at: root) == 1)
        #expect(source.lookCount(at: wide) == 3)
    }

    /// What is in memory of a path is less than two of its largest block.
    @Test func aPathOfLargeBlocksHoldsTwoOfThemAtMost() throws {
        var root = try blocks.raw("end")
        let filling = String(repeating: "f", count: 3 << 20)
        for number in 0..<8 { root = try blocks.node([("\(number)", root), (filling, root)]) }
        let access = makeAccess()
        var walk = DAGWalk(roots: [root], access: access)
        var most = 0
        while let visit = try walk.next() {
            most = max(most, access.library.blockMemory.inUse)
            #expect(visit.depth <= 8)
        }
        #expect(most > 3 << 20)
        #expect(most < 7 << 20)
        walk.release()
        #expect(comesBack { access.library.blockMemory.inUse })
    }

    /// It is kept while nobody wants its memory, and read again by who has let others have it.
    @Test func othersGetItsMemory() throws {
        let root = try wideNode(above: try blocks.raw("leaf"))
        let byteCount = try #require(try scratch.access.byteCount(of: root))
        let access = makeAccess(largeEgressBytesMax: byteCount)
        let memory = access.library.blockMemory.large
        var options = DAGWalk.Options()
        options.repetition = .every
        var walk = DAGWalk(roots: [root], access: access, options: options)
        for _ in 0..<3 { #expect(try walk.next() != nil) }
        #expect(memory.inUse == byteCount)
        let found = Pending<Int>()
        let other = Thread(name: "other") {
            found.fulfil((try? access.makeReader().block(root).count) ?? -1)
        }
        while memory.waiterCount == 0 { pause(for: .milliseconds(1)) }
        var count = 3
        while memory.waiterCount > 0 {
            pause(for: .milliseconds(1))
            if try walk.next() != nil { count += 1 }
        }
        other.join()
        #expect(found.value() == byteCount)
        #expect(count < 2 * Self.childCount)
        while try walk.next() != nil { count += 1 }
        #expect(count == 1 + 2 * Self.childCount)
        #expect(source.lookCount(at: root) <= 4)
    }

    /// 3 MB in a field that nobody knows, behind a message.
    private func filled(_ message: Bytes) -> Bytes {
        var writer = ByteWriter()
        writer.append(message)
        for _ in 0..<10 {
            writer.append([0x7A, 0xE0, 0xA7, 0x12])
            writer.append([UInt8](repeating: 0, count: 300_000))
        }
        return writer.finish()
    }

    /// A node of a file with so many equal parts.
    private func file(
        of part: CID, _ count: Int, byteCount: UInt64 = 1, isLarge: Bool = false
    ) throws -> CID {
        var message = UnixFSData(type: .file)
        message.blockSizes = Array(repeating: byteCount, count: count)
        let links = Array(repeating: DagPBLink(cid: part, name: "", tsize: 1), count: count)
        let data = isLarge ? filled(message.encode()) : message.encode()
        return try blocks.store(DagPBNode(links: links, data: data).encode(), .dagPB)
    }

    /// A root that names one inner node again and again: bytes, and the blocks of an entity.
    @Test func theRootOfAFileIsReadOnce() throws {
        let inner = try file(of: try blocks.raw("x"), 2)
        let between = try file(of: inner, 2, byteCount: 2)
        let root = try file(of: between, Self.childCount, byteCount: 4, isLarge: true)
        var stream = try FileStream(root, access: makeAccess())
        var byteCount = 0
        while let piece = try stream.next() { byteCount += piece.bytes.count }
        #expect(byteCount == 4 * Self.childCount)
        #expect(source.lookCount(at: root) == 1)
        _ = source.takeLookCount()
        var options = CARExport.Options()
        (options.scope, options.sendsDuplicates) = (.entity, true)
        var export = try CARExport(root: root, access: makeAccess(), options: options)
        while try export.next() != nil {}
        #expect(source.lookCount(at: root) == 2)
    }

    /// Parts in CIDs lie in the block of their parent, and have blocks of their own below them.
    @Test func theRootOfAFileIsReadOnceAboveNodesInCIDs() throws {
        var message = UnixFSData(type: .file)
        message.blockSizes = [2, 2]
        let inner = try file(of: try blocks.raw("x"), 2)
        let links = Array(repeating: DagPBLink(cid: inner, name: "", tsize: 1), count: 2)
        let node = DagPBNode(links: links, data: message.encode()).encode()
        let hidden = HostileBlocks.identity(node, .dagPB)
        let root = try file(of: hidden, Self.childCount, byteCount: 4, isLarge: true)
        let access = makeAccess()
        var stream = try FileStream(root, access: access)
        var byteCount = 0
        while let piece = try stream.next() { byteCount += piece.bytes.count }
        #expect(byteCount == 4 * Self.childCount)
        #expect(source.lookCount(at: root) == 1)
        stream.release()
        #expect(comesBack { access.library.blockMemory.inUse })
    }

    @Test func theRootOfAShardedFolderIsReadOnce() throws {
        var options = ImportOptions()
        (options.hamtThreshold, options.maxHAMTFanout) = (1, 8)
        var builder = DirectoryBuilder(options: options)
        let leaf = try blocks.raw("leaf")
        for number in 0..<200 {
            try builder.add(Bytes(utf8: "\(number)"), Child(cid: leaf, fileByteCount: 4, tsize: 4))
        }
        var last = Bytes.empty
        _ = try builder.finish { bytes, codec in
            last = bytes
            return try blocks.store(bytes, codec)
        }
        var node = try DagPBNode(decoding: last)
        node.data = node.data.map(filled)
        let root = try blocks.store(node.encode(), .dagPB)
        let reader = makeAccess().makeReader()
        var folder = try DirectoryReader(root: root, from: reader)
        var count = 0
        while try folder.next(from: reader) != nil { count += 1 }
        #expect(count == 200)
        #expect(source.lookCount(at: root) == 1)
    }

    /// Folders and files of several blocks below a folder are read with it set aside.
    @Test func theFoldersOfATarAreReadOnce() throws {
        let file = try file(of: try blocks.raw("x"), 2)
        let inner = try blocks.node([("f", file), ("g", file)])
        let links = (0..<Self.childCount).map { number in
            DagPBLink(cid: number % 2 == 0 ? inner : file, name: "\(number)", tsize: 1)
        }
        let data = filled(UnixFSData(type: .directory).encode())
        let wide = try blocks.store(DagPBNode(links: links, data: data).encode(), .dagPB)
        let root = try blocks.node([("wide", wide)])
        let access = makeAccess()
        var export = try TarExport(root, name: Bytes(utf8: "t"), access: access)
        var byteCount = 0
        while let piece = try export.next() { byteCount += piece.bytes.count }
        let folderCount = 2 + Self.childCount / 2
        let fileCount = Self.childCount / 2 + Self.childCount
        #expect(byteCount == 512 * (folderCount + 2 * fileCount + 2))
        // The names are looked at before, and each folder for what it is.
        #expect(source.lookCount(at: wide) <= 4)
        export.release()
        #expect(comesBack { access.library.blockMemory.inUse })
    }

    /// Somebody waits for the first byte while the names are looked at.
    @Test func heavyFoldersOfATarAreNotAllReadBeforeItBegins() throws {
        let leaf = try blocks.raw("leaf")
        let heavy = try blocks.node([(String(repeating: "n", count: 1 << 20), leaf)])
        let root = try blocks.node((0..<400).map { ("\($0)", heavy) })
        _ = try TarExport(root, name: Bytes(utf8: "t"), access: makeAccess())
        #expect(source.lookCount(at: heavy) == Int(Limits.tarCheckedBytesMax >> 20))
    }

    /// Also while one step of the archive goes through any number of blocks in which there is nothing.
    @Test func othersGetTheMemoryOfAFolderOfATar() throws {
        let honest = try file(of: try blocks.raw("x"), 2)
        let part = try file(of: try blocks.raw(""), 300, byteCount: 0)
        let empty = try file(of: part, 1_000, byteCount: 0)
        let links = [honest, empty].enumerated().map {
            DagPBLink(cid: $0.element, name: "\($0.offset)", tsize: 1)
        }
        let data = filled(UnixFSData(type: .directory).encode())
        let wide = try blocks.store(DagPBNode(links: links, data: data).encode(), .dagPB)
        let byteCount = try #require(try scratch.access.byteCount(of: wide))
        let access = makeAccess(largeEgressBytesMax: byteCount)
        let thread = Thread(name: "tar") {
            guard
                var export = try? TarExport(wide, name: Bytes(utf8: "t"), access: access)
            else { return }
            while (try? export.next()) ?? nil != nil {}
        }
        while source.lookCount(at: part) < 10 { pause(for: .milliseconds(1)) }
        #expect(access.library.blockMemory.large.inUse == byteCount)
        let other = access.library.access(for: RequestContext(deadline: soon()))
        #expect(try other.makeReader().block(wide).count == byteCount)
        #expect(source.lookCount(at: part) < 1_000)
        access.context.cancel()
        thread.join()
    }
}
