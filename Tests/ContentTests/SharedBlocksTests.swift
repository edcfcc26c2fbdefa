import BlockStore
import Buffers
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing

@testable import Content

/// Many roots over the same blocks: these are looked at once, and each root has an answer of its own.
@Suite(.timeLimit(.minutes(40)))
struct SharedBlocksTests {
    let scratch: ScratchLibrary
    let blocks: HostileBlocks
    let source: CountedSource
    let library: Library

    init() throws {
        scratch = try ScratchLibrary()
        blocks = HostileBlocks(scratch)
        source = CountedSource(scratch.store)
        library = Library(store: scratch.store, source: source)
    }

    private var access: ContentAccess {
        library.access(for: RequestContext(deadline: soon()))
    }

    /// A folder of folders of one file each, none as in another one.
    private func folder(_ count: Int, _ name: String) throws -> CID {
        let links = try (0..<count).map { number in
            ("\(number)", try blocks.node([(name, try blocks.raw("\(name) \(number)"))]))
        }
        return try blocks.node(links)
    }

    /// Nodes of their own over others that they share.
    private func roots(_ count: Int, over shared: [CID]) throws -> [CID] {
        try (0..<count).map { number in
            try blocks.node(
                shared.enumerated().map { ("root \(number) \($0.offset)", $0.element) })
        }
    }

    /// A file that is not here.
    private func absent(_ text: String, _ codec: Multicodec = .raw) throws -> CID {
        let hash = try scratch.add(Bytes(utf8: text)).cid.multihash
        try scratch.store.delete(hash, by: soon())
        return .v1(codec, hash)
    }

    private func importing(_ roots: [CID]) throws -> [ImportedRoot] {
        let archive = CARImport(access)
        try archive.feed(CARWriter.header(roots: roots))
        try archive.endArchive()
        return try archive.finish(pinsRoots: true)
    }

    @Test func rootsOfAnImportAreLookedThroughTogether() throws {
        let roots = try roots(100, over: [try folder(50, "file")])
        _ = source.takeLookCount()
        #expect(try importing(roots).allSatisfy { $0.pinError == nil })
        // The roots, the folder, and what is in it.
        #expect(source.takeLookCount() == 100 + 1 + 2 * 50)
    }

    /// Each root says what is missing below it, though what leads there is looked at once.
    @Test func rootsOverOneFaultAllSaySo() throws {
        let hole = try absent("hole")
        let faulty = try blocks.chain(20, below: hole)
        let roots = try roots(100, over: [try folder(50, "file"), faulty])
        let whole = try folder(3, "whole")
        _ = source.takeLookCount()
        let results = try importing(roots + [whole])
        // The 20 blocks of the chain and the hole; three folders of one file, and theirs.
        #expect(source.takeLookCount() == 100 + 1 + 2 * 50 + 20 + 1 + 1 + 2 * 3)
        #expect(results.dropLast().allSatisfy { $0.pinError?.contains(hole.text()) == true })
        #expect(results.last?.pinError == nil)
        let pins = Pins(library)
        #expect(try roots.allSatisfy { try pins.pin(of: $0) == nil })
        #expect(try pins.pin(of: whole) != nil)
    }

    /// The same file under other codecs is missing under those names.
    @Test func aFaultIsToldByTheNameThatLedToIt() throws {
        let holes = [try absent("hole"), try absent("hole", Multicodec(rawValue: 0x78))]
        let roots = try holes.map { try blocks.node([("hole", $0)]) } + holes
        for (result, hole) in zip(try importing(roots), holes + holes) {
            #expect(result.pinError?.contains(hole.text()) == true)
        }
    }

    /// A block that cannot be checked is a fault of the roots that lead to it, and of no others.
    @Test func aBlockOfTooManyKeysIsOneFault() throws {
        let text = Bytes(utf8: "{" + String(repeating: "\"\":1,", count: 600_000) + "\"\":1}")
        let bad = try blocks.store(text, .dagJSON)
        let roots = [bad, try blocks.node([("bad", bad)]), try folder(3, "file")]
        let results = try importing(roots)
        #expect(results.map { $0.pinError?.contains(bad.text()) } == [true, true, nil])
    }

    /// Whether a block is below one of many pins takes one walk, and the first of them is named.
    @Test func pinsAreLookedThroughTogether() throws {
        let folder = try folder(20, "file")
        let roots = try roots(50, over: [folder])
        let (pins, free) = (Pins(library), try blocks.raw("free"))
        try pins.add(roots, for: access.context)
        _ = source.takeLookCount()
        let all = 50 + 1 + 2 * 20
        let error = contentError {
            _ = try pins.status(
                of: free, filter: .indirect, text: free.text(), for: access.context)
        }
        #expect(error?.code == .notPinned)
        #expect(source.takeLookCount() == all)
        let outcomes = try BlockRemoval(access).remove([folder, free], isForced: false)
        #expect(source.takeLookCount() == all)
        var first: CID?
        try pins.forEachRecursiveRoot { root in first = first ?? root }
        let name = try #require(first).text()
        #expect(outcomes.map(\.error) == ["pinned via \(name)", nil])
        let (some, below) = (roots[7], PinStatus.indirect(through: first))
        let statuses = try pins.statuses(
            of: [folder, free, some, folder], filter: .all, for: access.context
        ).statuses
        #expect(statuses == [below, nil, .recursive(name: ""), below])
        #expect(source.takeLookCount() == all)
    }

    /// What is passed as the root of one pin is found below another that comes behind it.
    @Test func aPinnedRootIsFoundBelowOtherPins() throws {
        let inner = try folder(2, "file")
        let pins = Pins(library)
        try pins.add(inner, for: access.context)
        func root() throws -> PinStatus? {
            try pins.statuses(of: [inner], filter: .indirect, for: access.context).statuses[0]
        }
        for number in 0..<16 {
            let outer = try blocks.node([("\(number)", inner)])
            try pins.add(outer, for: access.context)
            #expect(try root() == .indirect(through: outer))
            try pins.remove(outer, for: access.context)
        }
        #expect(try root() == nil)
    }

    /// In DAGs of all shapes, with faults of all kinds, a root is answered as by a walk of its own, however
    /// few blocks are remembered by their names.
    @Test(arguments: [0, 3, Limits.seenMultihashesMax])
    func everyRootIsAnsweredAsAlone(keysMax: Int) throws {
        var random = SeededRandom(seed: UInt64(keysMax))
        for round in 0..<10 {
            let roots = try randomNodes(60, &random, round)
            var check = CompletenessCheck(access, keysMax: keysMax)
            for _ in 0..<120 {
                let root = roots[random.below(roots.count)]
                var alone = CompletenessCheck(access)
                let expected = contentError {
                    try Pins(library).checkPresence(
                        of: [root], mode: .recursive, for: access.context)
                }
                let answers = [try alone.fault(below: root), try check.fault(below: root)]
                #expect(answers.map { $0?.message } == [expected?.message, expected?.message])
                if random.below(40) == 0 { check.reset() }
            }
        }
    }

    /// Some thousand faults are noted, and what an error came from is of any size.
    @Test func aFaultThatIsNotedKeepsNothingButItsText() throws {
        final class Cause: Error {}
        weak var cause: Cause?
        let cid = try blocks.raw("damaged")
        var known = KnownFaults(access)
        do {
            let made = Cause()
            cause = made
            let error = ContentError(.undecodable, "cannot be read", cid: cid, cause: made)
            try known.add(KnownFaults.Fault(cid: cid, error: error))
        }
        #expect(cause == nil)
        let noted = try #require(known.fault(at: cid)).error
        #expect(noted.code == .undecodable && noted.message == "cannot be read")
        #expect(noted.cid == cid && !noted.isDamage)
        let damage = ContentError(BlockStoreError(.corrupt, "a checksum is wrong"), reading: cid)
        #expect(damage.withoutCause.isDamage)
    }

    /// An error of the disk is that of one block where it names one.
    @Test func aBlockThatTheDiskDoesNotGiveIsAFaultOfItsOwn() throws {
        let cid = try blocks.raw("unreadable")
        let error = BlockStoreError(.readError, "EIO", multihash: cid.multihash)
        #expect(ContentError(error, reading: cid).isAboutContent)
        #expect(!ContentError(BlockStoreError(.readError, "EIO"), reading: cid).isAboutContent)
    }

    /// Nodes that lead to some of those before them, in one spelling or the other.
    private func randomNodes(
        _ count: Int, _ random: inout SeededRandom, _ round: Int
    ) throws -> [CID] {
        var cids = [
            try blocks.raw("leaf \(round)"), try absent("absent \(round)"),
            try absent("absent \(round)", Multicodec(rawValue: 0x78)),
            try blocks.store(Bytes(utf8: "no node \(round)"), .dagPB),
        ]
        for number in 0..<count {
            // Few of the first, so that many are complete.
            let links = (0..<random.below(4)).map { link in
                let first = random.below(4) == 0 ? 0 : min(cids.count - 1, 4)
                let cid = cids[first + random.below(cids.count - first)]
                guard cid.codec == .dagPB, random.below(2) == 0 else { return ("\(link)", cid) }
                let hash = cid.multihash
                return ("\(link)", cid.version == .v0 ? .v1(.dagPB, hash) : .v0(hash))
            }
            cids.append(try blocks.node(links + [("own \(number)", try blocks.raw("\(number)"))]))
        }
        return cids
    }
}
