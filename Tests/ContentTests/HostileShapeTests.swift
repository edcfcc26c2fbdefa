import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// DAGs that are deep, wide, self-similar or hidden in their CIDs: nothing is left out, nothing ends
/// the process, and nothing takes more memory than it may.
@Suite(.timeLimit(.minutes(40)))
struct HostileShapeTests {
    private let scratch: ScratchLibrary
    private let blocks: HostileBlocks

    init() throws {
        scratch = try ScratchLibrary()
        blocks = HostileBlocks(scratch)
    }

    @Test func aChainOfManyBlocksIsWalkedPinnedAndListed() throws {
        let root = try blocks.chain(5_000, below: try blocks.raw("end"))
        let figures = try DAGStatistics.count([root], access: scratch.access)
        #expect(figures.uniqueBlockCount == 5_001)
        try Pins(scratch.library).add(root, for: scratch.access.context)
        #expect(try exported(root).count == 5_001)
        var options = References.Options()
        options.depthMax = nil
        var references = try References(from: root, access: scratch.access, options: options)
        var count = 0
        while try references.next() != nil { count += 1 }
        #expect(count == 5_000)
    }

    /// All identity CIDs would share one place in a map by sequence number.
    @Test func foldersInCIDsAreNotLeftOutHoweverManyBlocksCameBefore() throws {
        let leaves = try (0..<5).map { try blocks.raw("precious \($0)") }
        let hidden = leaves.enumerated().map { index, leaf in
            let folder = HostileBlocks.encode([("f", leaf)])
            return (name: "d\(index)", cid: HostileBlocks.identity(folder, .dagPB))
        }
        let many = try (0..<200).map { ("m\($0)", try blocks.raw("many \($0)")) }
        let root = try blocks.node(many + hidden)
        var options = DAGWalk.Options()
        options.multihashesMax = 20
        var walk = DAGWalk(roots: [root], access: scratch.access, options: options)
        var met: Set<CID> = []
        while let visit = try walk.next() { met.insert(visit.cid) }
        #expect(leaves.allSatisfy(met.contains))
        #expect(met.count == 1 + 200 + 5 + 5)
    }

    /// The same bytes have other links under another codec.
    @Test func aBlockThatIsMetUnderTwoCodecsIsWalkedUnderBoth() throws {
        let leaf = try blocks.raw("leaf")
        // 0x12 is a dag-pb link's tag, and in CBOR the integer -19: bytes that are both are rare,
        // so the same digest is named with two codecs of which one has no links.
        let inner = try blocks.node([("x", leaf)])
        let asRaw = CID.v1(.raw, inner.multihash)
        let root = try blocks.node([("raw", asRaw), ("node", inner)])
        for limit in [0, 1_000] {
            var options = DAGWalk.Options()
            options.multihashesMax = limit
            var walk = DAGWalk(roots: [root], access: scratch.access, options: options)
            var met: [CID] = []
            while let visit = try walk.next() { met.append(visit.cid) }
            #expect(met == [root, asRaw, inner, leaf])
        }
    }

    /// 2^40 paths lead through 40 blocks.
    @Test func aSelfSimilarDAGIsWalkedOnce() throws {
        var root = try blocks.raw("bottom")
        for _ in 0..<40 { root = try blocks.node([("a", root), ("b", root)]) }
        #expect(
            try DAGStatistics.count([root], access: scratch.access).uniqueBlockCount == 41)
        #expect(try exported(root).count == 41)
    }

    /// Of a block with 30,000 links no list of links is made: its frame costs the block.
    @Test func wideBlocksInAChainCostWhatIsInMemoryOnly() throws {
        let leaf = HostileBlocks.identity(.empty, .raw)
        var root = try blocks.raw("end")
        for number in 0..<30 {
            let links =
                [("\(number)", root)] + [(String, CID)](repeating: ("", leaf), count: 30_000)
            root = try blocks.node(links, isFolder: false)
        }
        var walk = DAGWalk(roots: [root], access: scratch.access)
        var most = 0
        while let visit = try walk.next(), visit.depth <= 30 {
            most = max(most, scratch.library.blockMemory.inUse)
            if visit.depth == 30 { break }
        }
        #expect(most > 0)
        #expect(most <= 3 << 20)
        #expect(scratch.library.stateMemory.budget.inUse <= 256 << 10)
    }

    @Test func partsThatContradictTheirParentEndAnExport() throws {
        let leaf = try blocks.raw("12345")
        let inner = try file([(leaf, 5)])
        for lie: UInt64 in [4, 6, 1 << 31, 1 << 62, (1 << 63) - 1, .max] {
            let root = try file([(inner, lie)])
            var options = CARExport.Options()
            options.scope = .entity
            for span in [nil, ByteSpan(from: 1, to: 2), ByteSpan(from: -1, to: nil)] {
                options.span = span
                let error = contentError {
                    var export = try CARExport(
                        root: root, access: scratch.access, options: options)
                    while try export.next() != nil {}
                }
                // A node that is no file at all is an entity of one block.
                #expect(error != nil || lie > 1 << 62)
            }
        }
    }

    /// A block that is nothing but a link uses up no part of a path.
    @Test(arguments: [Multicodec.dagCBOR, .dagJSON])
    func blocksThatAreOnlyALinkAreFollowed(codec: Multicodec) throws {
        let target = try blocks.node([("a", try blocks.raw("found"))])
        let link = IPLDValue.link(target)
        var root = try blocks.store(try IPLDCodec.encode(link, as: codec), codec)
        // An identity CID of JSON in JSON would soon be longer than any may be.
        for _ in 0..<(codec == .dagCBOR ? 2 : 0) {
            root = HostileBlocks.identity(
                try IPLDCodec.encode(.link(root), as: codec), codec)
        }
        let found = try scratch.resolve(root.text() + "/a")
        #expect(try scratch.read(found.cid).utf8Text == "found")
        #expect(found.roots.count == 2)
    }

    /// One block, met under so many codecs: a map for each of them would take a page.
    @Test func referencesToOneBlockUnderManyCodecsAreListedOnceInLittleMemory() throws {
        let leaf = try blocks.raw("leaf").multihash
        let spellings = (0..<20_000).map { number in
            (name: "", cid: CID.v1(Multicodec(rawValue: UInt64(0x30_0000 + number)), leaf))
        }
        let root = try blocks.node(spellings + spellings)
        var options = References.Options()
        options.depthMax = nil
        options.isUnique = true
        var references = try References(from: root, access: scratch.access, options: options)
        var met: [CID] = []
        var most = 0
        while true {
            do throws(ContentError) {
                guard let reference = try references.next() else { break }
                met.append(reference.destination)
            } catch {
                // What each leads to is not known here.
                guard error.code == .undecodable else { throw error }
            }
            most = max(most, scratch.library.stateMemory.budget.inUse)
        }
        #expect(met == spellings.map(\.cid))
        #expect(most <= 10 << 20)
    }

    /// A part that was sent is not read again only to hear that a second mention of it is wrong: all
    /// blocks of the file are there, and who puts it together sees the contradiction. Who has each
    /// mention sent, or reads the file, is told.
    @Test func aSecondMentionOfAPartThatClaimsAnotherSizeHidesNoBlock() throws {
        let part = try blocks.raw("12345")
        let last = try blocks.raw("678")
        for lie: UInt64 in [0, 4, 6, 1 << 31] {
            let root = try file([(part, 5), (part, lie), (last, 3)])
            for repeats in [false, true] {
                var options = CARExport.Options()
                options.scope = .entity
                options.sendsDuplicates = repeats
                if repeats {
                    #expect(throws: ContentError.self) { try exported(root, options) }
                } else {
                    #expect(try exported(root, options) == [root, part, last])
                }
            }
            #expect(throws: ContentError.self) { try scratch.read(root) }
            // The other way round the lie is met first.
            let reversed = try file([(part, lie), (part, 5)])
            var options = CARExport.Options()
            options.scope = .entity
            #expect(throws: ContentError.self) { try exported(reversed, options) }
        }
    }

    /// An archive for file systems has room for one of two entries with one path: nothing is left out
    /// without a word.
    @Test(arguments: [["a", "a"], ["a", "b", "./a"], ["a/x", "a"], ["é", "e\u{301}"]])
    func twoEntriesWithOnePathAreRefused(names: [String]) throws {
        let inner = try blocks.node([("x", try blocks.raw("inner"))])
        let entries = try names.enumerated().map { index, name in
            (name: name, cid: name == "a" && index == 1 ? inner : try blocks.raw("\(index)"))
        }
        let root = try blocks.node(entries)
        let error = contentError {
            var export = try TarExport(root, name: Bytes(utf8: "t"), access: scratch.access)
            while try export.next() != nil {}
        }
        // Two normal forms of a text are two names.
        #expect(error?.code == (names[0] == "é" ? nil : .nameTaken))
    }

    /// Whoever unpacks it would write through the link, or lose the file: what is above an entry is a folder.
    @Test(arguments: ["link", "file", "folder"], [false, true])
    func whatIsAboveAnEntryIsAFolder(kind: String, comesFirst: Bool) throws {
        let above =
            switch kind {
            case "link": try symlink(to: "/tmp")
            case "file": try blocks.raw("file")
            default: try blocks.node([("other", try blocks.raw("other"))])
            }
        let entries = [("x", above), ("x/a/b", try blocks.raw("below"))]
        let root = try blocks.node(comesFirst ? entries : entries.reversed())
        let error = contentError {
            _ = try TarExport(root, name: Bytes(utf8: "t"), access: scratch.access)
        }
        #expect(error?.code == (kind == "folder" ? nil : .nameTaken))
        // Behind many entries it is found when it is its turn.
        let many = (0..<10_000).map { ("\($0)", above) }
        let later = try blocks.node(many + (comesFirst ? entries : entries.reversed()))
        let found = contentError {
            var export = try TarExport(later, name: Bytes(utf8: "t"), access: scratch.access)
            while try export.next() != nil {}
        }
        #expect(found?.code == (kind == "folder" ? nil : .nameTaken))
    }

    /// A name ends at a NUL where files have it, and so does the target of a link.
    @Test(arguments: ["", "a\0b", "\0"])
    func whatEndsAtANULIsNoFile(text: String) throws {
        let link = try symlink(to: text)
        var trees = [link, try blocks.node([("link", link)])]
        if !text.isEmpty { trees.append(try blocks.node([(text, try blocks.raw("leaf"))])) }
        for root in trees {
            let error = contentError {
                _ = try TarExport(root, name: Bytes(utf8: "t"), access: scratch.access)
            }
            #expect(error?.code == .nameTooLong)
        }
    }

    private func symlink(to target: String) throws -> CID {
        var message = UnixFSData(type: .symlink)
        message.data = Bytes(utf8: target)
        return try blocks.store(DagPBNode(data: message.encode()).encode(), .dagPB)
    }

    /// What an archive cannot hold is said before it is begun.
    @Test func foldersThatAreTooDeepAreNoArchive() throws {
        let leaf = try blocks.raw("leaf")
        for (depth, isTooDeep) in [(256, false), (257, true)] {
            let root = try blocks.chain(depth - 1, below: try blocks.node([("f", leaf)]))
            let error = contentError {
                _ = try TarExport(root, name: Bytes(utf8: "t"), access: scratch.access)
            }
            #expect(error?.code == (isTooDeep ? .tooDeep : nil))
        }
    }

    /// It would stand in the place of the folder itself.
    @Test func anEntryNamedDotIsNoPlaceInAnArchive() throws {
        let root = try blocks.node([(".", try blocks.raw("leaf"))])
        let error = contentError {
            _ = try TarExport(root, name: Bytes(utf8: "t"), access: scratch.access)
        }
        #expect(error?.code == .nameTaken)
    }

    /// The entry, the folder that has it, and what to do.
    @Test(arguments: [
        (".", "means a folder that it is in"), ("x/..", "means a folder that it is in"),
        ("..", "leads out of the tree"), ("../x", "leads out of the tree"),
        ("a//b", "a part of its name is empty"), ("", "a part of its name is empty"),
        ("./taken", "of another one"), (String(repeating: "n", count: 20_000), "does not fit"),
    ])
    func anEntryWithoutAPlaceInAnArchiveIsNamed(name: String, fault: String) throws {
        let leaf = try blocks.raw("leaf")
        let root = try blocks.node([("taken", leaf), (name, leaf)])
        let error = contentError {
            _ = try TarExport(root, name: Bytes(utf8: "t"), access: scratch.access)
        }
        let message = try #require(error?.message)
        #expect(message.hasPrefix("the entry \"\(name.prefix(100))"), "\(message)")
        #expect(message.contains(root.text()) && message.contains(fault), "\(message)")
        #expect(message.contains("`holdfast dag export`"))
    }

    /// A file whose parts are said to have so many bytes.
    private func file(_ parts: [(cid: CID, byteCount: UInt64)]) throws -> CID {
        var message = UnixFSData(type: .file)
        message.blockSizes = parts.map(\.byteCount)
        let node = DagPBNode(
            links: parts.map { DagPBLink(cid: $0.cid, name: "", tsize: 1) }, data: message.encode())
        return try blocks.store(node.encode(), .dagPB)
    }

    private func exported(
        _ root: CID, _ options: CARExport.Options = CARExport.Options()
    ) throws -> [CID] {
        var export = try CARExport(root: root, access: scratch.access, options: options)
        var reader = CARReader()
        var cids: [CID] = []
        while let piece = try export.next() {
            reader.feed(piece.bytes)
            while let event = try reader.next() {
                if case .block(let block) = event { cids.append(block.cid) }
            }
        }
        try reader.finish()
        return cids
    }
}
