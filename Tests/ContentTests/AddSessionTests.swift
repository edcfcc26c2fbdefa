import BlockStore
import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import Testing
import UnixFS

@Suite(.timeLimit(.minutes(40)))
struct AddSessionTests {
    @Test(arguments: [
        ("", "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH"),
        ("hello world", "Qmf412jQZiuVUtdgnB36FXFX7xg5V6KEbSJ4dpQuhkLyfD"),
        ("hello\n", "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"),
    ])
    func smallFilesHaveTheCIDsOfKubo(text: String, cid: String) throws {
        let scratch = try ScratchLibrary()
        #expect(try scratch.add(Bytes(utf8: text)).cid.text() == cid)
    }

    @Test func aSymlinkBesideItsFileHasTheCIDOfKubo() throws {
        let scratch = try ScratchLibrary()
        let made = try only(try scratch.load("path_gateway_unixfs/symlink.car"))
        let content = try scratch.read(try scratch.resolve(made.text() + "/foo").cid)
        let session = try AddSession(
            scratch.access, options: ImportOptions()
        ) { _ in }
        try session.add("d/foo", content)
        try session.addSymlink(at: EntryPath(cleaning: "d/bar"), target: Bytes(utf8: "foo"))
        let root = try only(try session.finish(pinning: .none))
        #expect(root.cid == made)
        #expect(root.cid.text() == "QmWvY6FaqFMS89YAQ9NAPjVP4WZKA1qbHbicc9HeSKQTgt")
    }

    @Test(arguments: [
        (256, "bafybeifg5mltwk4r3hlx54e6olyjnozznzqrbsz3k7vuyewqs2rmsbjs6e"),
        (8, "bafybeidhbn7qkplnyua6xn6vsiptw653houraypso3s7dozhvzvi47lqsy"),
        (1024, "bafybeic6nr5ggzhwhary2piay452s4r6jchrxiga4ft6o77bndiivcjrai"),
    ])
    func aFolderOverItsLinkLimitHasTheCIDOfKubo(fanout: Int, cid: String) throws {
        var options = ImportOptions()
        options.cidVersion = .v1
        options.rawLeaves = true
        options.maxDirectoryLinks = 4
        options.maxHAMTFanout = fanout
        for onlyHash in [false, true] {
            options.onlyHash = onlyHash
            let scratch = try ScratchLibrary()
            let session = try AddSession(
                scratch.access, options: options
            ) { _ in }
            for index in [3, 0, 4, 1, 2] {
                try session.add("dir/ü\(index)", Bytes(utf8: "\(index)"))
            }
            let root = try only(try session.finish(pinning: .none))
            #expect(root.cid.text() == cid)
            #expect((scratch.store.statistics.blockCount == 0) == onlyHash)
        }
    }

    /// Every kind of tree that options can make of a file.
    static let shapes: [ImportOptions] = {
        var raw = ImportOptions()
        raw.rawLeaves = true
        raw.cidVersion = .v1
        raw.chunker = .fixed(1_000)
        raw.maxFileLinks = 3
        var trickle = raw
        trickle.layout = .trickle
        var cut = ImportOptions()
        cut.chunker = .rabin(minimum: 500, average: 1_000, maximum: 2_000)
        cut.maxFileLinks = 5
        var inlined = ImportOptions()
        inlined.chunker = .fixed(100)
        inlined.inlineLimit = 128
        var dated = ImportOptions()
        dated.chunker = .fixed(1_000)
        dated.mode = 0o640
        dated.mtime = ModificationTime(seconds: 1_700_000_000)
        return [ImportOptions(), raw, trickle, cut, inlined, dated]
    }()

    @Test(arguments: shapes.indices)
    func whatIsAddedReadsBackAndOnlyHashAgrees(shape: Int) throws {
        var options = Self.shapes[shape]
        let scratch = try ScratchLibrary()
        var random = SeededRandom(seed: 4)
        for count in [0, 1, 999, 1_000, 1_001, 2_500, 40_000, 300_000] {
            let bytes = random.bytes(count)
            options.onlyHash = false
            let added = try scratch.add(bytes, options)
            #expect(try scratch.read(added.cid) == bytes)
            #expect(added.fileByteCount == UInt64(count))
            options.onlyHash = true
            #expect(try scratch.add(bytes, options, pieceByteCount: 777).cid == added.cid)
            let range = UInt64(count / 3)..<UInt64(count - count / 4)
            #expect(
                try scratch.read(added.cid, range: range)
                    == bytes[Int(range.lowerBound)..<Int(range.upperBound)])
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func theOrderOfArrivalDoesNotChangeTheCID(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var files: [(path: String, bytes: Bytes)] = []
        for index in 0..<60 {
            let depth = random.below(4)
            let folders = (0..<depth).map { _ in "f\(random.below(3))" }
            let path = (["top"] + folders + ["n\(index)"]).joined(separator: "/")
            files.append((path, random.bytes(random.below(3_000))))
        }
        var options = ImportOptions()
        options.maxDirectoryLinks = 9
        var roots: Set<CID> = []
        for _ in 0..<3 {
            files.shuffle(using: &random)
            let scratch = try ScratchLibrary()
            let session = try AddSession(
                scratch.access, options: options
            ) { _ in }
            for file in files { try session.add(file.path, file.bytes) }
            let root = try only(try session.finish(pinning: .recursively(name: "tree")))
            roots.insert(root.cid)
            for file in files {
                let found = try scratch.resolve(
                    root.cid.text() + String(file.path.dropFirst("top".count)))
                #expect(try scratch.read(found.cid) == file.bytes)
            }
            #expect(try Pins(scratch.library).pin(of: root.cid)?.name == "tree")
        }
        #expect(roots.count == 1, "seed \(seed)")
    }

    @Test func resultsComeFilesFirstAndRootsLast() throws {
        let scratch = try ScratchLibrary()
        let names = Names()
        let session = try AddSession(
            scratch.access, options: ImportOptions()
        ) { event in
            if case .added(let result) = event { names.append(result.path.bytes.displayText) }
        }
        try session.add("d/b/2", Bytes(utf8: "2"))
        try session.addFolder(at: EntryPath(cleaning: "/d/a/../e"))
        try session.add("d/a/1", Bytes(utf8: "1"))
        try session.add("x", Bytes(utf8: "x"))
        try session.beginFile(at: .top)
        try session.endFile()
        let roots = try session.finish(pinning: .none)
        #expect(names.all == ["d/b/2", "d/a/1", "d/a", "d/b", "d/e", "d", "x", ""])
        #expect(roots.map(\.path.bytes) == ["d", "x", ""])
        #expect(roots.map(\.isUnnamed) == [false, false, true])
    }

    /// However much of what comes behind them was in line meanwhile.
    @Test(arguments: [30, 330_000])
    func rootsComeInTheOrderOfTheirArrival(byteCount: Int) throws {
        let scratch = try ScratchLibrary()
        var options = ImportOptions()
        options.chunker = .fixed(100)
        let session = try AddSession(scratch.access, options: options) { _ in }
        try session.add("f/x", Bytes(utf8: "x"))
        try session.add("y", Bytes([UInt8](repeating: 1, count: byteCount)))
        try session.add("z", Bytes(utf8: "z"))
        try session.add("g/x", Bytes(utf8: "x"))
        let roots = try session.finish(pinning: .none)
        #expect(roots.map(\.path.bytes) == ["f", "y", "z", "g"])
    }

    @Test func aWrapperIsTheOnlyRootAndHasNoName() throws {
        let scratch = try ScratchLibrary()
        var options = ImportOptions()
        options.wrapsWithDirectory = true
        let session = try AddSession(
            scratch.access, options: options
        ) { _ in }
        try session.add("a", Bytes(utf8: "a"))
        try session.add("d/b", Bytes(utf8: "b"))
        let root = try only(try session.finish(pinning: .recursively(name: "")))
        #expect(root.path == .top)
        #expect(!root.isUnnamed)
        #expect(try scratch.read(scratch.resolve(root.cid.text() + "/d/b").cid).utf8Text == "b")
        var pinned: [CID] = []
        try Pins(scratch.library).list(.recursive, for: scratch.access.context) { cid, _ in
            pinned.append(cid)
        }
        #expect(pinned == [root.cid])
    }

    @Test func emptyFoldersAreLeftOutWhenThatIsAskedFor() throws {
        let scratch = try ScratchLibrary()
        var options = ImportOptions()
        options.includesEmptyDirectories = false
        let session = try AddSession(
            scratch.access, options: options
        ) { _ in }
        try session.addFolder(at: EntryPath(cleaning: "d/empty"))
        try session.addFolder(at: EntryPath(cleaning: "d/outer/inner"))
        let root = try only(try session.finish(pinning: .none))
        var listing = try Listing(root.cid, resolvesChildren: true, access: scratch.access)
        let link = try listing.next()
        #expect(link?.name.utf8Text == "outer")
        #expect(try listing.next() == nil)
        #expect(link?.cid.text() == "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn")
    }

    @Test(arguments: [("d/a", "d/a"), ("d/a", "d/a/b"), ("d/a/b", "d/a"), ("a", "a/b")])
    func aNameThatIsTakenIsRefused(first: String, second: String) throws {
        let scratch = try ScratchLibrary()
        let session = try AddSession(
            scratch.access, options: ImportOptions()
        ) { _ in }
        let error = contentError {
            try session.add(first, Bytes(utf8: "1"))
            try session.add(second, Bytes(utf8: "2"))
            try session.finish(pinning: .none)
        }
        #expect(error?.code == .nameTaken)
    }

    @Test func progressIsToldEvery256KiBAndAtTheEnd() throws {
        let scratch = try ScratchLibrary()
        let names = Names()
        let session = try AddSession(
            scratch.access, options: ImportOptions(), reportsProgress: true
        ) { event in
            if case .progress(let path, let count) = event {
                names.append("\(path.bytes.displayText) \(count)")
            }
        }
        try session.beginFile(at: EntryPath(cleaning: "f"))
        try session.write(Bytes([UInt8](repeating: 7, count: 300_000)), inPiecesOf: 100_000)
        try session.write(Bytes([7]))
        try session.endFile()
        try session.finish(pinning: .none)
        #expect(names.all == ["f 300000", "f 300001"])
    }

    @Test func manySmallFilesKeepTheirOrderAndContent() throws {
        let scratch = try ScratchLibrary()
        var random = SeededRandom(seed: 9)
        let session = try AddSession(
            scratch.access, options: ImportOptions()
        ) { _ in }
        let files = (0..<400).map { ("d/\($0)", random.bytes($0 * 7 % 700)) }
        for (name, bytes) in files { try session.add(name, bytes) }
        let root = try only(try session.finish(pinning: .none))
        for (name, bytes) in files {
            let found = try scratch.resolve(root.cid.text() + name.dropFirst())
            #expect(try scratch.read(found.cid) == bytes)
        }
    }

    @Test func addsOfTheSameContentAtTheSameTimeAgree() throws {
        let scratch = try ScratchLibrary()
        var random = SeededRandom(seed: 5)
        let bytes = random.bytes(3 << 20)
        let found = Locked<[CID]>([])
        let threads = (0..<4).map { index in
            Thread(name: "add-\(index)") {
                guard let added = try? scratch.add(bytes) else { return }
                found.withLock { $0.append(added.cid) }
            }
        }
        for thread in threads { thread.join() }
        let cids = found.withLock { $0 }
        #expect(cids.count == 4)
        #expect(Set(cids).count == 1)
        #expect(scratch.store.statistics.blockCount == 13)
    }

    @Test func manyRootsArePinnedInOneStep() throws {
        let scratch = try ScratchLibrary()
        let session = try AddSession(
            scratch.access, options: ImportOptions()
        ) { _ in }
        for number in 0..<300 { try session.add("f\(number)", Bytes(utf8: "\(number)")) }
        let roots = try session.finish(pinning: .recursively(name: "many"))
        var pinned: Set<CID> = []
        try Pins(scratch.library).list(.recursive, namePart: "many", for: scratch.access.context) {
            cid, _ in
            pinned.insert(cid)
        }
        #expect(pinned == Set(roots.map(\.cid)))
        #expect(pinned.count == 300)
    }

    @Test func theDeepestTreeFitsTheStackOfAThread() throws {
        let scratch = try ScratchLibrary()
        let result = Locked<AddResult?>(nil)
        let thread = Thread(name: "deep add") {
            var session: AddSession?
            session = try? AddSession(
                scratch.access, options: ImportOptions()
            ) { _ in }
            let path = String(repeating: "d/", count: 256) + "f"
            try? session?.add(path, Bytes(utf8: "deep"))
            let root = try? session?.finish(pinning: .recursively(name: "")).first
            result.withLock { $0 = root }
        }
        thread.join()
        let root = try #require(result.withLock { $0 })
        let path = root.cid.text() + String(repeating: "/d", count: 255) + "/f"
        #expect(try scratch.read(scratch.resolve(path).cid).utf8Text == "deep")
        #expect(
            try DAGStatistics.count([root.cid], access: scratch.access).uniqueBlockCount == 257)
        // What can be got can be added again.
        var archive = try TarExport(
            root.cid, name: "d", keepsExactTimes: false, access: scratch.access)
        while try archive.next() != nil {}
        let tooDeep = contentError {
            _ = try EntryPath(cleaning: Bytes(utf8: String(repeating: "d/", count: 258)))
        }
        #expect(tooDeep?.code == .invalidArgument)
    }

    /// What can be added can be got: a folder around all is a level too, and so is an empty one.
    @Test(arguments: [(256, false), (257, false), (255, true), (256, true)])
    func asManyFoldersAreAddedAsCanBeGot(count: Int, wraps: Bool) throws {
        let scratch = try ScratchLibrary()
        var options = ImportOptions()
        options.wrapsWithDirectory = wraps
        let session = try AddSession(scratch.access, options: options) { _ in }
        let path = try EntryPath(cleaning: Bytes(utf8: String(repeating: "d/", count: count)))
        let error = contentError { try session.addFolder(at: path) }
        guard count + (wraps ? 1 : 0) <= 256 else {
            #expect(error?.code == .invalidArgument)
            return
        }
        #expect(error == nil)
        let root = try #require(try session.finish(pinning: .none).first)
        var archive = try TarExport(
            root.cid, name: "d", keepsExactTimes: false, access: scratch.access)
        while try archive.next() != nil {}
    }

    @Test func aHashThatIsNotAllowedIsRefused() throws {
        let scratch = try ScratchLibrary()
        var options = ImportOptions()
        options.hash = .md5
        let error = contentError {
            _ = try AddSession(scratch.access, options: options) { _ in }
        }
        #expect(error?.message == "potentially insecure hash functions not allowed")
    }
}

/// Collects what a report tells.
final class Names {
    private(set) var all: [String] = []

    func append(_ name: String) { all.append(name) }
}
