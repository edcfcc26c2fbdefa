import BlockStore
import Buffers
import Content
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// A block below a pin that is damaged or missing: what can be told is told, and nothing is removed that
/// may be below it.
@Suite(.timeLimit(.minutes(40)))
struct DamagedPinTests {
    let scratch: ScratchLibrary
    let source: InterruptedSource
    let library: Library
    let blocks: HostileBlocks
    var access: ContentAccess { library.access(for: RequestContext(deadline: soon())) }
    var pins: Pins { Pins(library) }

    /// A pinned root over `inner` and `leaf`, and `inner` over `hidden`.
    let root: CID
    let inner: CID
    let leaf: CID
    let hidden: CID

    private static let unclear = "cannot tell whether a pin keeps it: "

    init() throws {
        scratch = try ScratchLibrary()
        source = InterruptedSource(scratch.store)
        library = Library(store: scratch.store, source: source)
        blocks = HostileBlocks(scratch)
        (leaf, hidden) = (try blocks.raw("leaf"), try blocks.raw("hidden"))
        inner = try blocks.node([("hidden", hidden)])
        root = try blocks.node([("inner", inner), ("leaf", leaf)])
        try Pins(library).add(root, for: RequestContext(deadline: soon()))
    }

    private func remove(_ cids: [CID], isForced: Bool = false) throws -> [String?] {
        try BlockRemoval(access).remove(cids, isForced: isForced).map(\.error)
    }

    private func lose(_ cid: CID, byDamage: Bool) throws {
        if byDamage { return try scratch.damage(cid) }
        #expect(try scratch.store.delete(cid.multihash) == .deleted)
    }

    /// The pins that are listed, and why that may not be all.
    private func list(_ filter: PinFilter = .all) throws -> (Set<CID>, PinGap?) {
        var listed: [CID] = []
        let gap = try pins.list(filter, for: access.context) { cid, _ in listed.append(cid) }
        #expect(listed.count == Set(listed).count)
        return (Set(listed), gap)
    }

    private func statuses(_ cids: [CID]) throws -> PinStatuses {
        try pins.statuses(of: cids, filter: .all, for: access.context)
    }

    /// dag-jose leads to its payload, and no node here knows that: it may lead anywhere.
    @Test(arguments: [0x78, 0x85, 0x1234])
    func whatNobodyHereCanReadIsNoLeaf(code: UInt64) throws {
        let words = "no decoder registered for multicodec code \(code)"
        let strange = try blocks.store(Bytes(utf8: "strange"), Multicodec(rawValue: code))
        let above = try blocks.node([("strange", strange)])
        #expect(
            contentError { try pins.add(above, for: access.context) }?.message.contains(words)
                == true)
        var walk = DAGWalk(roots: [above], access: access)
        #expect(try walk.next()?.cid == above)
        #expect(contentError { _ = try walk.next() }?.code == .undecodable)
        var faults = FaultWalk(from: above, access: access)
        #expect(try faults.next()?.error.message.contains(words) == true)
        try pins.add(strange, mode: .direct, for: access.context)
        #expect(try remove([leaf]) == ["pinned via \(root.text())"])
    }

    @Test(arguments: [true, false])
    func aLeafHidesNothing(isDamaged: Bool) throws {
        let free = try blocks.raw("free")
        try lose(leaf, byDamage: isDamaged)
        let kept = "pinned via \(root.text())"
        #expect(try remove([free, leaf, hidden]) == [nil, kept, kept])
        let (listed, gap) = try list()
        #expect(listed == [root, inner, leaf, hidden])
        #expect(gap == nil)
        let found = try statuses([leaf, free])
        #expect(found.statuses == [.indirect(through: root), nil])
        #expect(found.error(for: free, text: "x").message == "path 'x' is not pinned")
    }

    /// Files are added with dag-pb leaves, which the index knows for what they are. What is stored as a raw block
    /// first can have links all the same under another CID.
    @Test func aDagPBLeafHidesNothingAndWhatWasStoredAsRawMay() throws {
        let free = try blocks.raw("free")
        var data = UnixFSData(type: .file)
        data.data = Bytes(utf8: "chunk")
        let chunk = try blocks.store(DagPBNode(links: [], data: data.encode()).encode(), .dagPB)
        let asRaw = try blocks.store(HostileBlocks.encode([("raw first", hidden)]), .raw)
        let node = CID.v1(.dagPB, asRaw.multihash)
        let top = try blocks.node([("chunk", chunk), ("asRaw", node)])
        try pins.add(top, for: access.context)
        try scratch.damage(chunk)
        #expect(try remove([free, chunk]) == [nil, "pinned via \(top.text())"])
        #expect(try list().1 == nil)
        try scratch.damage(node)
        try pins.remove(root, for: access.context)
        #expect(try remove([hidden])[0]?.hasPrefix(Self.unclear) == true)
    }

    @Test(arguments: [true, false])
    func whatMayBeBelowALostNodeIsNotRemoved(isDamaged: Bool) throws {
        let free = try blocks.raw("free")
        let absent = try blocks.raw("absent")
        #expect(try scratch.store.delete(absent.multihash) == .deleted)
        let inline = HostileBlocks.identity(Bytes(utf8: "in the CID"), .raw)
        try lose(inner, byDamage: isDamaged)
        let outcomes = try remove([hidden, free, leaf, inner, root, absent, inline])
        for text in outcomes.prefix(2) {
            #expect(text?.hasPrefix(Self.unclear) == true)
            #expect(text?.contains("block \(inner.text()) of the pin \(root.text())") == true)
            #expect(text?.contains("unpin \(root.text())") == true)
        }
        let kept = "pinned via \(root.text())"
        #expect(
            outcomes.dropFirst(2) == [
                kept, kept, "pinned: recursive", "ipld: could not find \(absent.text())",
                "ipld: could not find \(inline.text())",
            ])
        #expect(try remove([absent], isForced: true) == [nil])
        #expect(try scratch.store.contains(hidden.multihash))
        #expect(try scratch.store.contains(free.multihash))
        // It says to store it again.
        _ = try blocks.node([("hidden", hidden)])
        #expect(try remove([hidden, free]) == [kept, nil])
    }

    @Test func withoutThePinNothingIsInTheWay() throws {
        try scratch.damage(inner)
        #expect(try remove([hidden])[0]?.hasPrefix(Self.unclear) == true)
        try pins.remove(root, for: access.context)
        #expect(try remove([hidden, inner, root, leaf]) == [nil, nil, nil, nil])
    }

    @Test func aRootItselfMayBeDamaged() throws {
        try scratch.damage(root)
        let outcomes = try remove([hidden, root])
        #expect(outcomes[0]?.contains("below the pinned \(root.text()) cannot be read") == true)
        #expect(outcomes[1] == "pinned: recursive")
        let (listed, gap) = try list()
        #expect(listed == [root])
        #expect(gap != nil)
    }

    /// A block that is damaged hides its links below every pin, also where another one is walked first.
    @Test func aNodeBelowSeveralPinsHidesAsMuch() throws {
        let others = try (0..<5).map { try blocks.node([("\($0)", inner)]) }
        try pins.add(others, for: access.context)
        try scratch.damage(inner)
        try pins.remove(root, for: access.context)
        #expect(try remove([hidden])[0]?.hasPrefix(Self.unclear) == true)
        #expect(try remove([root, leaf])[0]?.hasPrefix(Self.unclear) == true)
    }

    /// The first look at the pins was over.
    @Test func aPinThatComesMeanwhileMayHideBlocksToo() throws {
        let last = try blocks.raw("last")
        let middle = try blocks.node([("last", last)])
        let late = try blocks.node([("middle", middle)])
        try source.interrupt(at: root) {
            try pins.add(late, for: access.context)
            try scratch.damage(middle)
        }
        let outcome = try #require(try remove([last])[0])
        #expect(outcome.hasPrefix(Self.unclear) && outcome.contains(middle.text()))
        #expect(try scratch.store.contains(last.multihash))
    }

    @Test(arguments: [true, false])
    func aListHasAllThatCanBeTold(isDamaged: Bool) throws {
        let single = try blocks.raw("single")
        try pins.add(single, mode: .direct, for: access.context)
        let below = try blocks.raw("below")
        let other = try blocks.node([("below", below)])
        try pins.add(other, for: access.context)
        try lose(inner, byDamage: isDamaged)
        let (listed, gap) = try list()
        #expect(listed == [root, inner, leaf, single, other, below])
        let error = try #require(gap).error("not all")
        #expect(error.message.hasPrefix("not all: what is below block \(inner.text()) "))
        #expect(error.cid == inner)
        // No walk is needed for these.
        let (own, none) = try list(.recursive)
        #expect(own == [root, other])
        #expect(none == nil)
    }

    @Test func whatCannotBeToldOfACIDIsNoAnswer() throws {
        try scratch.damage(inner)
        let found = try statuses([root, inner, leaf, hidden])
        let below = PinStatus.indirect(through: root)
        #expect(found.statuses == [.recursive(name: ""), below, below, nil])
        let error = contentError {
            _ = try pins.status(
                of: hidden, filter: .all, text: hidden.text(), for: access.context)
        }
        #expect(error?.isDamage == true && error?.cid == inner)
        // Kubo's clients take a text with these words for an answer.
        #expect(error?.message.contains("is not pinned") == false)
        // What is found needs no more looks.
        #expect(try statuses([leaf]).statuses == [below])
    }

    /// A block that is no dag-pb though its CID says so: no pin of ours leads there, an older one may.
    @Test func aNodeThatCannotBeDecodedHidesBlocks() throws {
        let bad = try blocks.store(Bytes(utf8: "no node"), .dagPB)
        let top = try blocks.node([("bad", bad)])
        try scratch.store.pin(top, mode: .recursive, name: "", by: soon())
        let free = try blocks.raw("free")
        let outcomes = try remove([free, bad, hidden])
        #expect(outcomes[0]?.contains(bad.text()) == true)
        #expect(
            outcomes.dropFirst() == ["pinned via \(top.text())", "pinned via \(root.text())"])
    }

    /// A walk has let go of a block, comes back to it for the rest of its links, and it is gone.
    @Test func aBlockThatIsLostUnderTheWalkIsToldOnce() throws {
        let other = try blocks.node([("hidden", hidden)], isFolder: false)
        var walk = DAGWalk(roots: [root, other], access: access, options: .aroundFaults)
        #expect(try walk.next()?.cid == root)
        walk.release()
        try scratch.damage(root)
        let lost = try #require(try walk.next())
        #expect(lost.cid == root && lost.depth == 0 && lost.isRepeated && lost.hidesBlocks)
        #expect(walk.root == root)
        #expect(try walk.next()?.cid == other)
        #expect(try walk.next()?.cid == hidden)
        #expect(walk.root == other)
        #expect(try walk.next() == nil)
    }

    @Test func faultsAreListedAroundEachOther() throws {
        let missing = try blocks.raw("missing")
        let more = try blocks.node([("missing", missing)])
        let top = try blocks.node([("a", inner), ("b", leaf), ("c", more)])
        try scratch.damage(inner)
        try scratch.damage(leaf)
        #expect(try scratch.store.delete(missing.multihash) == .deleted)
        var walk = FaultWalk(from: top, access: access)
        var faults: [CID] = []
        while let fault = try walk.next() { faults.append(fault.cid) }
        #expect(faults == [inner, leaf, missing])
    }

    @Test(arguments: [nil, 3] as [Int?])
    func linksAreListedAroundFaults(depthMax: Int?) throws {
        let top = try blocks.node([("a", root), ("b", leaf)])
        try scratch.damage(inner)
        var options = References.Options()
        (options.isUnique, options.depthMax) = (true, depthMax)
        var references = try References(from: top, access: access, options: options)
        #expect(try references.next()?.destination == root)
        #expect(try references.next()?.destination == inner)
        let error = contentError { _ = try references.next() }
        #expect(error?.isDamage == true && error?.cid == inner)
        #expect(try references.next()?.destination == leaf)
        #expect(try references.next() == nil)
    }

    /// A block on the way that was let go of is lost: its other links are, and none of those above it.
    @Test func aBlockThatIsLostUnderAListingEndsAlone() throws {
        let last = try blocks.raw("last")
        let top = try blocks.node([("a", root), ("b", last)])
        var options = References.Options()
        options.depthMax = nil
        var references = try References(from: top, access: access, options: options)
        #expect(try references.next()?.destination == root)
        #expect(try references.next()?.destination == inner)
        #expect(try references.next()?.destination == hidden)
        references.release()
        try scratch.damage(root)
        #expect(contentError { _ = try references.next() }?.cid == root)
        #expect(try references.next()?.destination == last)
        #expect(try references.next() == nil)
    }
}
