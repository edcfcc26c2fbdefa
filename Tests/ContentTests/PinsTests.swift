import Buffers
import Content
import Execution
import Multiformats
import Telemetry
import TestSupport
import Testing
import UnixFS

@testable import BlockStore

@Suite(.timeLimit(.minutes(40)))
struct PinsTests {
    let scratch: ScratchLibrary
    let pins: Pins
    let folder: CID
    let file: CID

    init() throws {
        scratch = try ScratchLibrary()
        try Tree.load(scratch)
        pins = Pins(scratch.library)
        folder = try scratch.resolve(Tree.files).cid
        file = try scratch.resolve(Tree.files + "/multiblock.txt").cid
    }

    private var context: RequestContext { RequestContext(deadline: soon()) }

    private func status(_ cid: CID, _ filter: PinFilter = .all) throws -> PinStatus {
        try pins.status(of: cid, filter: filter, text: cid.text(), for: context)
    }

    @Test func aRecursivePinKeepsWhatIsBelow() throws {
        var progress = PinProgress()
        try pins.add(folder, name: "tree", for: context) { progress = $0 }
        #expect(progress.blockCount == 9)
        #expect(try status(folder) == .recursive(name: "tree"))
        #expect(try status(file) == .indirect(through: folder))
        #expect(try status(file).typeText == "indirect through \(folder.text())")
        #expect(try pins.pin(of: file) == nil)
        // A pin of its own changes nothing about what holds it from above.
        try pins.add(file, mode: .direct, for: context)
        #expect(try status(file, .indirect) == .indirect(through: folder))
        #expect(try status(file) == .direct(name: ""))
    }

    @Test func whatIsNotPinnedSaysSoWithTheTextSent() throws {
        let error = contentError {
            _ = try pins.status(of: file, filter: .recursive, text: "/ipfs/x", for: context)
        }
        #expect(error?.message == "path '/ipfs/x' is not pinned")
        try pins.add(file, mode: .direct, for: context)
        #expect(contentError { _ = try status(file, .recursive) }?.code == .notPinned)
        #expect(try status(file, .direct) == .direct(name: ""))
    }

    @Test func modesReplaceEachOtherInOneDirection() throws {
        try pins.add(file, mode: .direct, for: context)
        try pins.add(file, name: "again", for: context)
        #expect(try status(file) == .recursive(name: "again"))
        let error = contentError { try pins.add(file, mode: .direct, for: context) }
        #expect(error?.message == "pin: \(file.text()) already pinned recursively")
    }

    /// The look at the start of a call sees a pin that is direct or absent; it becomes recursive before
    /// the call changes it, and the blocks below must stay kept.
    @Test(arguments: [false, true])
    func aRecursivePinThatComesMeanwhileStays(removing: Bool) throws {
        let leaves = try storedLeaves(3)
        let others = Set([PinKey(leaves[0], .rpc).row])
        if removing { try pins.add([folder] + leaves, mode: .direct, for: context) }
        let (pins, folder, context, claims) = (pins, folder, context, scratch.store.claims)
        let outcome = Pending<ContentError?>()
        // Whoever wants the first root waits here, so the change below falls between look and claim.
        let thread = try claims.with(others, by: soon()) { () throws(BlockStoreError) in
            let looked = claims.waiterCount
            let thread = Thread(name: "late") {
                outcome.fulfil(
                    contentError {
                        let all = leaves + [folder]
                        if removing {
                            try pins.remove(all, isRecursive: false, for: context)
                        } else {
                            try pins.add(all, mode: .direct, for: context)
                        }
                    })
            }
            let deadline = soon()
            while claims.waiterCount == looked, !deadline.hasPassed { pause(for: .milliseconds(1)) }
            // Not by the store's own way: who waits for the claim goes before.
            let kept = Pin(
                cid: folder, mode: .recursive, name: "kept",
                created: WallTime(seconds: 1, nanoseconds: 0))
            var changes = TableChanges()
            changes.put(kept.record, at: kept.key, in: Pin.table)
            try scratch.store.write(
                changes, BlockStore.ChangeTurn(epoch: 0, metaEpoch: 0), by: soon())
            return thread
        }
        let error = outcome.value()
        thread.join()
        #expect(error?.code == .pinConflict)
        let name = folder.text()
        #expect(
            error?.message
                == (removing
                    ? "\(name) is pinned recursively" : "pin: \(name) already pinned recursively"))
        #expect(error?.cid == folder)
        #expect(try status(folder) == .recursive(name: "kept"))
        #expect(try leaves.allSatisfy { try (pins.pin(of: $0) != nil) == removing })
    }

    @Test func anIncompleteDAGIsNotPinned() throws {
        let hole = try scratch.resolve(Tree.hole).cid
        let error = contentError { try pins.add(hole, for: context) }
        #expect(error?.code == .blockNotFound)
        #expect(error?.message.hasPrefix("pin: block was not found locally") == true)
        #expect(try pins.pin(of: hole) == nil)
        try pins.add(hole, mode: .direct, for: context)
    }

    @Test func removingFollowsTheRulesOfKubo() throws {
        let absent = contentError { try pins.remove(file, for: context) }
        #expect(absent?.message == "not pinned or pinned indirectly")
        try pins.add(file, for: context)
        let wrong = contentError { try pins.remove(file, isRecursive: false, for: context) }
        #expect(wrong?.message == "\(file.text()) is pinned recursively")
        try pins.remove(file, for: context)
        try pins.add(file, mode: .direct, for: context)
        try pins.remove(file, isRecursive: true, for: context)
        #expect(try pins.pin(of: file) == nil)
    }

    private func storedLeaves(_ count: Int) throws -> [CID] {
        let writer = BlockWriter(scratch.access)
        let cids = try (0..<count).map { try writer.put(Bytes(utf8: "\($0)"), naming: .init()) }
        try writer.finish()
        return cids
    }

    /// One wait for the disk for thousands, whatever stands twice among them.
    @Test func manyPinsAreFewWrites() throws {
        let cids = try storedLeaves(2 * Content.Limits.pinsAtOnceMax + 10)
        let before = scratch.store.log.figures.batches.value
        var progress = PinProgress()
        try pins.add(cids + cids.prefix(5), name: "many", for: context) { progress = $0 }
        #expect(progress.blockCount >= UInt64(cids.count))
        #expect(try pins.pin(of: cids[cids.count - 1])?.name == "many")
        var count = 0
        try pins.forEachRecursiveRoot { _ in count += 1 }
        #expect(count == cids.count)
        try pins.remove(cids + cids.prefix(5), for: context)
        try pins.forEachRecursiveRoot { _ in Issue.record("a pin is left") }
        #expect(scratch.store.log.figures.batches.value - before < 50)
    }

    /// One that cannot be pinned or removed is named, and the others stay as they are.
    @Test func manyPinsAreMadeAndRemovedTogetherOrNotAtAll() throws {
        let hole = try scratch.resolve(Tree.hole).cid
        let leaves = try storedLeaves(3)
        let error = contentError { try pins.add(leaves + [hole, file], for: context) }
        #expect(error?.code == .blockNotFound)
        #expect(try leaves.allSatisfy { try pins.pin(of: $0) == nil })
        try pins.add([file] + leaves, for: context)
        let conflict = contentError {
            try pins.add(leaves + [hole], mode: .direct, for: context)
        }
        #expect(conflict?.message == "pin: \(leaves[0].text()) already pinned recursively")
        #expect(contentError { try pins.remove(leaves + [hole], for: context) }?.cid == hole)
        #expect(try leaves.allSatisfy { try pins.pin(of: $0) != nil })
    }

    /// Pins are taken back; what is unpinned may be gone, and stays unpinned.
    @Test(arguments: [false, true])
    func whoLeavesAtAPartsBorderHasOnlyRemovedTheFirst(removing: Bool) throws {
        let pins = Pins(scratch.library, countAtOnce: 2)
        let leaves = try storedLeaves(5)
        if removing { try pins.add(leaves, for: context) }
        let (leaving, claims) = (context, scratch.store.claims)
        let outcome = Pending<ContentError?>()
        let thread = try claims.with([PinKey(leaves[1], .rpc).row], by: soon()) {
            () throws(BlockStoreError) in
            let thread = Thread(name: "parts") {
                outcome.fulfil(
                    contentError {
                        if removing {
                            try pins.remove(leaves, for: leaving)
                        } else {
                            try pins.add(leaves, for: leaving)
                        }
                    })
            }
            let deadline = soon()
            while claims.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
            leaving.cancel()
            return thread
        }
        #expect(outcome.value()?.code == .cancelled)
        thread.join()
        let changed = try leaves.map { try (pins.pin(of: $0) == nil) == removing }
        #expect(changed == [removing, removing, false, false, false])
        // The same again, without what is gone, ends it.
        if removing {
            #expect(contentError { try pins.remove(leaves, for: context) }?.cid == leaves[0])
            try pins.remove(Array(leaves[2...]), for: context)
        } else {
            try pins.add(leaves, for: context)
        }
        #expect(try leaves.allSatisfy { try (pins.pin(of: $0) == nil) == removing })
    }

    @Test func whoLeavesIsNoticedWhileManyAreLookedAt() throws {
        let leaves = try storedLeaves(500)
        let gone = RequestContext(deadline: soon(), firstLook: .zero) { false }
        #expect(contentError { try pins.add(leaves, for: gone) }?.code == .cancelled)
        #expect(contentError { try pins.remove(leaves, for: gone) }?.code == .cancelled)
        let late = RequestContext(deadline: .after(.zero))
        #expect(contentError { try pins.add(leaves, for: late) }?.code == .deadlineExceeded)
        #expect(try leaves.allSatisfy { try pins.pin(of: $0) == nil })
    }

    @Test func updatingMovesPinAndName() throws {
        let none = contentError { try pins.update(from: folder, to: file, for: context) }
        #expect(none?.message == "'from' cid was not recursively pinned already")
        try pins.add(folder, name: "n", for: context)
        try pins.update(from: folder, to: folder, for: context)
        try pins.update(from: folder, to: file, for: context)
        #expect(try pins.pin(of: folder) == nil)
        #expect(try status(file) == .recursive(name: "n"))
        try pins.add(folder, for: context)
        let both = contentError { try pins.update(from: folder, to: file, for: context) }
        #expect(both?.message == "'to' cid was already recursively pinned")
    }

    @Test func listingsAreByKindAndName() throws {
        try pins.add(folder, name: "big tree", for: context)
        let hello = try scratch.resolve(Tree.two + "/subdir/hello.txt").cid
        try pins.add(hello, mode: .direct, name: "Hello", for: context)
        var all: [String] = []
        try pins.list(.all, for: context) { _, status in all.append(status.typeText) }
        #expect(all.prefix(2) == ["recursive", "direct"])
        #expect(all.dropFirst(2).allSatisfy { $0 == "indirect" })
        var named: [CID] = []
        try pins.list(.all, namePart: "ig tr", for: context) { cid, _ in named.append(cid) }
        #expect(named == [folder])
        try pins.list(.direct, namePart: "hello", for: context) { _, _ in
            Issue.record("names have case")
        }
    }

    /// Another spelling of a block that was met is another CID for whoever reads the list.
    @Test func everySpellingBelowAPinIsListed() throws {
        let scratch = try ScratchLibrary()
        let blocks = HostileBlocks(scratch)
        let inner = try blocks.node([("leaf", try blocks.raw("leaf"))])
        let other = CID.v1(.dagPB, inner.multihash)
        let spelled = inner.version == .v0 ? inner : CID.v0(inner.multihash)
        let leaf = try blocks.raw("x")
        let asCBOR = CID.v1(.cbor, leaf.multihash)
        let folder = try blocks.node(
            [spelled, other, leaf, asCBOR].enumerated().map { ("\($0.offset)", $0.element) })
        let pins = Pins(scratch.library)
        try pins.add(folder, for: scratch.access.context)
        try pins.add(other, for: scratch.access.context)
        var listed: [CID] = []
        try pins.list(.all, for: scratch.access.context) { cid, status in
            if case .indirect = status { listed.append(cid) }
        }
        #expect(Set(listed).isSuperset(of: [spelled, leaf, asCBOR]))
        #expect(!listed.contains(other))
        #expect(listed.count == Set(listed).count)
    }

    @Test func longNamesAreRefused() throws {
        let name = String(repeating: "é", count: 128)
        let error = contentError { try pins.add(file, name: name, for: context) }
        #expect(error?.message == "pin name is 256 bytes (max 255 bytes)")
    }

    @Test func anUnknownTypeIsRefused() {
        let error = contentError { _ = try PinFilter(option: "bogus") }
        #expect(
            error?.message
                == "invalid type 'bogus', must be one of {direct, indirect, recursive, all}")
    }

    @Test func pinnedBlocksAreNotRemoved() throws {
        try pins.add(folder, for: context)
        let hole = try scratch.resolve(Tree.hole).cid
        try pins.add(hole, mode: .direct, for: context)
        let free = try scratch.add(Bytes(utf8: "free")).cid
        let absent = try scratch.resolve(
            "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
        ).cid
        let removal = BlockRemoval(scratch.access)
        let cids = [folder, file, hole, free, absent]
        let outcomes = try removal.remove(cids, isForced: false).map(\.error)
        #expect(
            outcomes == [
                "pinned: recursive", "pinned via \(folder.text())", "pinned: direct", nil,
                "ipld: could not find \(absent.text())",
            ])
        #expect(try scratch.store.contains(free.multihash) == false)
        #expect(try removal.remove([absent], isForced: true).map(\.error) == [nil])
    }
}
