import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

@testable import BlockStore

/// Somebody removes blocks while somebody else pins them: one of the two has to give way, whoever
/// looked first, and no answer says that a pin is there whose blocks are gone.
@Suite(.timeLimit(.minutes(40)))
struct RemovalRaceTests {
    let scratch: ScratchLibrary
    let source: InterruptedSource
    let library: Library
    let blocks: HostileBlocks
    var access: ContentAccess { library.access(for: RequestContext(deadline: soon())) }
    var pins: Pins { Pins(library) }

    init() throws {
        scratch = try ScratchLibrary()
        source = InterruptedSource(scratch.store)
        library = Library(store: scratch.store, source: source)
        blocks = HostileBlocks(scratch)
    }

    private func remove(_ cids: [CID]) throws -> [String?] {
        try BlockRemoval(access).remove(cids, isForced: false).map(\.error)
    }

    private func isRemoved(_ cid: CID) throws { #expect(try remove([cid]) == [nil]) }

    /// It has looked at the pins, and its block can be found until it is out of the index.
    @Test func aDeletionThatRunsWhenAMarkIsTakenIsBehindIt() throws {
        let (leaf, log) = (try blocks.raw("leaf").multihash, scratch.store.log)
        guard case .begun(let announced) = log.state.withLock({ $0.beginDeleting([leaf]) }) else {
            Issue.record("the log takes no deletion")
            return
        }
        let mark = scratch.store.deletionMark
        #expect(throws: BlockStoreError.self) {
            try scratch.store.deletions(since: mark, by: .after(.milliseconds(10)))
        }
        log.announce(
            log.state.notify { state in
                state.endDeleting(announced, removed: [])
                return state.generation
            })
        #expect(try scratch.store.deletions(since: mark, by: soon()) != nil)
        let next = scratch.store.deletionMark
        #expect(next != mark)
        #expect(try scratch.store.deletions(since: next, by: soon()) == nil)
    }

    @Test(arguments: [Pin.Mode.recursive, .direct])
    func whatIsPinnedWhileThePinsAreLookedAtStays(mode: Pin.Mode) throws {
        let (first, wanted) = (try blocks.raw("first"), try blocks.raw("wanted"))
        let pinned = try blocks.node([("first", first)])
        try pins.add(pinned, for: access.context)
        try source.interrupt(at: pinned) { try pins.add(wanted, mode: mode, for: access.context) }
        let kept = mode == .recursive ? "pinned: recursive" : "pinned: direct"
        #expect(try remove([wanted, first]) == [kept, "pinned via \(pinned.text())"])
        #expect(try scratch.store.contains(wanted.multihash))
    }

    @Test func whatComesToBeBelowAPinMeanwhileStays() throws {
        let (leaf, free) = (try blocks.raw("leaf"), try blocks.raw("free"))
        let inner = try blocks.node([("leaf", leaf)])
        let root = try blocks.node([("inner", inner)])
        let other = try blocks.node([("other", try blocks.raw("other"))])
        try pins.add(other, for: access.context)
        try source.interrupt(at: other) { try pins.add(root, for: access.context) }
        #expect(
            try remove([leaf, free, inner]) == [
                "pinned via \(root.text())", nil, "pinned via \(root.text())",
            ])
        #expect(try scratch.store.contains(free.multihash) == false)
    }

    /// More pins than are remembered: all of them are looked at again.
    @Test func manyPinsMeanwhileAreSeenToo() throws {
        let wanted = try blocks.raw("wanted")
        let other = try blocks.node([("other", try blocks.raw("other"))])
        let many = try (0..<1100).map { try blocks.raw("\($0)") }
        try pins.add(other, for: access.context)
        try source.interrupt(at: other) {
            try pins.add(wanted, for: access.context)
            try pins.add(many, for: access.context)
        }
        #expect(try remove([wanted]) == ["pinned: recursive"])
    }

    @Test(arguments: [Pin.Mode.recursive, .direct])
    func whatIsRemovedWhileItIsLookedAtIsNotPinned(mode: Pin.Mode) throws {
        let (first, last) = (try blocks.raw("first"), try blocks.raw("last"))
        let cids =
            mode == .recursive ? [try blocks.node([("a", first), ("b", last)])] : [first, last]
        try source.interrupt(at: last) { try isRemoved(first) }
        let error = contentError { try pins.add(cids, mode: mode, for: access.context) }
        #expect(error?.code == .blockNotFound && error?.cid == first)
        #expect(error?.message.hasPrefix("pin: a block was removed meanwhile: ") == true)
        #expect(try cids.allSatisfy { try pins.pin(of: $0) == nil })
    }

    /// A pin that was there before is somebody else's promise, and only its block's remover broke it.
    @Test func aPinOfBeforeStays() throws {
        let (first, last) = (try blocks.raw("first"), try blocks.raw("last"))
        try pins.add(first, mode: .direct, name: "before", for: access.context)
        try source.interrupt(at: last) { try scratch.store.delete(first.multihash) }
        let error = contentError {
            try pins.add([first, last], mode: .direct, for: access.context)
        }
        #expect(error?.code == .blockNotFound)
        #expect(try pins.pin(of: first)?.name == "before")
        #expect(try pins.pin(of: last) == nil)
    }

    @Test func whatIsRemovedAndStoredAgainIsPinned() throws {
        let (first, last) = (try blocks.raw("first"), try blocks.raw("last"))
        try source.interrupt(at: last) {
            try isRemoved(first)
            _ = try blocks.raw("first")
        }
        try pins.add([first, last], for: access.context)
        #expect(try pins.pin(of: first) != nil)
    }

    /// Of two who pin the same, one misses a block; the other one looks when the block is here again, and is
    /// told that it is pinned.
    @Test func aPinThatAnotherOneFailedToMakeIsThere() throws {
        let (first, last) = (try blocks.raw("first"), try blocks.raw("last"))
        let root = try blocks.node([("a", first), ("b", last)])
        try source.interrupt(at: last) {
            try scratch.store.delete(first.multihash)
            _ = try blocks.raw("first")
            try source.interrupt(at: last) {
                try scratch.store.delete(first.multihash)
                let error = contentError { try pins.add(root, for: access.context) }
                #expect(error?.code == .blockNotFound)
                _ = try blocks.raw("first")
            }
        }
        try pins.add(root, for: access.context)
        #expect(try pins.pin(of: root) != nil)
    }

    /// Of two who pin a root, one ends because another root has lost a block; the other one has its answer by
    /// then.
    @Test func aPinThatSomebodyElseMadeStays() throws {
        let (shared, first, last) = (
            try blocks.raw("shared"), try blocks.raw("first"), try blocks.raw("last")
        )
        let root = try blocks.node([("a", first), ("b", last)])
        try source.interrupt(at: last) {
            try isRemoved(first)
            // The other one is done before the second look.
            try source.interrupt(at: shared) { try pins.add(shared, for: access.context) }
        }
        let error = contentError { try pins.add([shared, root], for: access.context) }
        #expect(error?.code == .blockNotFound && error?.cid == first)
        #expect(try pins.pin(of: shared) != nil)
        #expect(try pins.pin(of: root) == nil)
    }

    /// A removal of millions must not keep a pin waiting: what begins behind the pin sees it.
    @Test func oneLookIsEnoughBesideALongRemoval() throws {
        let (leaf, free) = (try blocks.raw("leaf"), try blocks.raw("free"))
        let root = try blocks.node([("leaf", leaf)])
        let looks = Locked(0)
        func removeAtTheNextLook() throws {
            try source.interrupt(at: leaf) {
                looks.withLock { $0 += 1 }
                _ = try blocks.raw("free")
                try isRemoved(free)
                try removeAtTheNextLook()
            }
        }
        try removeAtTheNextLook()
        try pins.add(root, for: access.context)
        // The one before the pin, one behind it, and those of the removals, which look below the pin.
        #expect(looks.withLock { $0 } <= 4)
        #expect(try pins.pin(of: root) != nil)
    }

    /// What is looked at once more is kept meanwhile, by nothing that somebody could take away.
    @Test func whatIsAboutToBePinnedIsKept() throws {
        let (leaf, other) = (try blocks.raw("leaf"), try blocks.raw("other"))
        let last = try blocks.raw("last")
        let root = try blocks.node([("a", leaf), ("b", last)])
        try source.interrupt(at: last) {
            try isRemoved(other)
            // Behind the look at the leaf, the second time.
            try source.interrupt(at: last) {
                let error = contentError { try pins.remove(root, for: access.context) }
                #expect(error?.code == .notPinned)
                let refusals = try remove([leaf])
                #expect(refusals == ["pinned via \(root.text())"])
            }
        }
        try pins.add(root, for: access.context)
        #expect(try pins.pin(of: root) != nil)
    }

    /// Who deletes has looked below a pin while a block on the way was missing.
    @Test func whatWasHiddenFromWhoDeletesStays() throws {
        let leaf = try blocks.raw("leaf")
        let inner = try blocks.node([("leaf", leaf)])
        let last = try blocks.raw("last")
        let root = try blocks.node([("a", inner), ("b", last)])
        var mark: PinMark?
        try source.interrupt(at: last) {
            try scratch.store.delete(inner.multihash)
            _ = try blocks.node([("leaf", leaf)])
            try source.interrupt(at: last) { mark = scratch.store.pinMark }
        }
        try pins.add(root, for: access.context)
        let seen = try #require(mark)
        #expect(try scratch.store.delete(leaf.multihash, ifNoPinSince: seen) == .pinsChanged)
    }

    @Test func anUpdateOfAPinThatFailsChangesNone() throws {
        let old = try blocks.node([("old", try blocks.raw("old"))])
        let (first, last) = (try blocks.raw("first"), try blocks.raw("last"))
        let new = try blocks.node([("a", first), ("b", last)])
        try pins.add(old, name: "moved", for: access.context)
        try source.interrupt(at: last) { try isRemoved(first) }
        let error = contentError { try pins.update(from: old, to: new, for: access.context) }
        #expect(error?.code == .blockNotFound && error?.cid == first)
        #expect(try pins.pin(of: new) == nil)
        #expect(try pins.pin(of: old)?.name == "moved")
    }

    /// A chunk that is stored already is passed over, so an add can lose what it never wrote.
    @Test(arguments: [false, true])
    func anAddWhoseBlockWasRemovedFails(isStoredBefore: Bool) throws {
        let bytes = Bytes([UInt8](repeating: 7, count: 100_000))
        var options = ImportOptions()
        options.rawLeaves = true
        let cid = try scratch.add(bytes, options).cid
        if !isStoredBefore { try scratch.store.delete(cid.multihash) }
        let session = try AddSession(access, options: options) { _ in }
        try session.add("file", bytes)
        // More than may be on its way: the first file has been through the store by then.
        let other = Content.Limits.addWindowBytesMax + (4 << 20)
        try session.add("other", Bytes([UInt8](repeating: 8, count: other)))
        try scratch.store.delete(cid.multihash)
        let error = contentError { try session.finish(pinning: .recursively(name: "")) }
        #expect(error?.code == .blockNotFound && error?.cid?.multihash == cid.multihash)
        #expect(error?.message.hasPrefix("a block was removed meanwhile: ") == true)
        var count = 0
        try pins.forEachRecursiveRoot { _ in count += 1 }
        #expect(count == 0)
    }

    @Test func anImportWhoseBlockIsRemovedSaysSo() throws {
        let (first, last) = (try blocks.raw("first"), try blocks.raw("last"))
        let root = try blocks.node([("a", first), ("b", last)])
        let archive = CARImport(access)
        try archive.feed(CARWriter.header(roots: [root, last]))
        try archive.endArchive()
        try source.interrupt(at: last) { try isRemoved(first) }
        let roots = try archive.finish(pinsRoots: true)
        #expect(roots[0].pinError?.contains("a block was removed meanwhile: ") == true)
    }
}

/// The blocks of a store; when one of them is looked at for the first time, something happens first.
final class InterruptedSource: ContentSource {
    private let store: LocalSource
    private let next = Locked<(cid: CID, action: () throws -> Void)?>(nil)

    init(_ store: BlockStore) { self.store = LocalSource(store) }

    func interrupt(at cid: CID, _ action: @escaping () throws -> Void) throws {
        next.withLock { $0 = (cid, action) }
    }

    func block(
        _ cid: CID, for context: RequestContext, reserving reserve: (Int) -> Bool
    ) throws(ContentError) -> SourcedBlock {
        look(at: cid)
        return try store.block(cid, for: context, reserving: reserve)
    }

    func byteCount(of cid: CID, for context: RequestContext) throws(ContentError) -> Int? {
        look(at: cid)
        return try store.byteCount(of: cid, for: context)
    }

    func isAtHand(_ cid: CID) -> Bool { true }

    private func look(at cid: CID) {
        let action = next.withLock { next -> (() throws -> Void)? in
            guard let (wanted, action) = next, wanted == cid else { return nil }
            next = nil
            return action
        }
        do {
            try action?()
        } catch {
            Issue.record("\(error)")
        }
    }
}
