import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import Testing

@testable import BlockStore

/// A call that fails to pin leaves what was pinned before, at whatever point it ends.
@Suite(.timeLimit(.minutes(40)))
struct FailedPinTests {
    private let scratch: ScratchLibrary
    private let source: InterruptedSource
    private let library: Library
    private let blocks: HostileBlocks
    private let first: CID
    private let last: CID
    private let root: CID
    private var context: RequestContext { RequestContext(deadline: soon()) }
    private var pins: Pins { Pins(library) }

    init() throws {
        scratch = try ScratchLibrary()
        source = InterruptedSource(scratch.store)
        library = Library(store: scratch.store, source: source)
        blocks = HostileBlocks(scratch)
        first = try blocks.raw("first")
        last = try blocks.raw("last")
        root = try blocks.node([("a", first), ("b", last)])
    }

    /// At the second look, which is there because something else was removed during the first.
    private func atTheSecondLook(_ action: @escaping () throws -> Void) throws {
        let other = try blocks.raw("other")
        try source.interrupt(at: last) {
            try scratch.store.delete(other.multihash)
            try source.interrupt(at: last, action)
        }
    }

    private func remove(_ cid: CID) throws -> String? {
        let access = library.access(for: context)
        return try BlockRemoval(access).remove([cid], isForced: false)[0].error
    }

    /// A new name, another mode, or both.
    @Test(arguments: [Pin.Mode.recursive, .direct])
    func thePinOfBeforeStaysAsItWas(mode: Pin.Mode) throws {
        let whole = try blocks.node([("last", last)])
        try pins.add(root, mode: mode, name: "old", for: context)
        try pins.add(whole, mode: .direct, name: "whole", for: context)
        let before = try [root, whole].map { try pins.pin(of: $0) }
        try source.interrupt(at: last) { try scratch.store.delete(first.multihash) }
        let error = contentError { try pins.add([root, whole], name: "new", for: context) }
        #expect(error?.code == .blockNotFound && error?.cid == first)
        #expect(try [root, whole].map { try pins.pin(of: $0) } == before)
    }

    @Test(arguments: [false, true])
    func whoseTimeIsOverAtTheSecondLookHasPinnedNothing(isDeadline: Bool) throws {
        try pins.add(root, mode: .direct, name: "old", for: context)
        let before = try pins.pin(of: root)
        // Long enough for the first look; where it is not, the answer is the same.
        let deadline = isDeadline ? Deadline.after(.seconds(1)) : soon()
        let leaving = RequestContext(deadline: deadline)
        try atTheSecondLook {
            if isDeadline { deadline.wait() } else { leaving.cancel() }
            // Until then nobody can take what it is looking at.
            let refusal = try remove(first)
            #expect(refusal == "pinned via \(root.text())")
        }
        let error = contentError { try pins.add(root, name: "new", for: leaving) }
        #expect(error?.code == (isDeadline ? .deadlineExceeded : .cancelled))
        #expect(try pins.pin(of: root) == before)
        // From then on everybody can.
        #expect(try remove(first) == nil)
    }

    /// Each by itself, so neither of them leaves what it has not been told of.
    @Test func ofTwoWhoMissABlockNoneLeavesAPin() throws {
        let context = context
        let root = try blocks.node([("a", last), ("b", first)])
        var inner: ContentError?
        try atTheSecondLook {
            try atTheSecondLook { try scratch.store.delete(first.multihash) }
            inner = contentError { try pins.add(root, name: "same", for: context) }
        }
        let outer = contentError { try pins.add(root, name: "same", for: context) }
        #expect(inner?.cid == first && outer?.cid == first)
        #expect(try pins.pin(of: root) == nil)
    }

    /// A part is written by then.
    @Test(arguments: [false, true])
    func whatWasWrittenIsPutBack(isConfirmed: Bool) throws {
        let pins = Pins(library, countAtOnce: 2)
        let leaves = try (0..<5).map { try blocks.raw("\($0)") }
        try pins.add(leaves[0], mode: .direct, name: "old", for: context)
        let before = try leaves.map { try pins.pin(of: $0) }
        let leaving = context
        let outcome = Pending<ContentError?>()
        // The second part waits here.
        let claims = scratch.store.claims
        let thread = try claims.with([PinKey(leaves[2], .rpc).row], by: soon()) {
            () throws(BlockStoreError) in
            let thread = Thread(name: "parts") {
                outcome.fulfil(
                    contentError { try pins.add(leaves, name: "new", for: leaving) })
            }
            let deadline = soon()
            while claims.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
            if isConfirmed {
                try scratch.store.pin(leaves[1], mode: .recursive, name: "new", by: soon())
            }
            leaving.cancel()
            return thread
        }
        let error = outcome.value()
        thread.join()
        #expect(error?.code == .cancelled)
        #expect(error?.message.hasSuffix("; what is pinned is as it was before") == true)
        var expected = before
        if isConfirmed { expected[1] = try pins.pin(of: leaves[1]) }
        #expect(try leaves.map { try pins.pin(of: $0) } == expected)
    }

    /// It speaks of pins, and the time of the call does not end what is put back.
    @Test func aDeadlineWhileManyAreWrittenLeavesNone() throws {
        let pins = Pins(library, countAtOnce: 2)
        let leaves = try (0..<5).map { try blocks.raw("\($0)") }
        let deadline = Deadline.after(.seconds(1))
        let error = try scratch.store.claims.with([PinKey(leaves[2], .rpc).row], by: soon()) {
            () throws(BlockStoreError) in
            let outcome = Pending<ContentError?>()
            let thread = Thread(name: "parts") {
                let late = RequestContext(deadline: deadline)
                outcome.fulfil(contentError { try pins.add(leaves, for: late) })
            }
            thread.join()
            return outcome.value()
        }
        let code = (error?.cause as? BlockStoreError)?.code
        // Where the machine is slow it ends before.
        #expect(code == .deadlineExceeded || error?.code == .deadlineExceeded)
        #expect(error?.message.contains("block log") == false)
        #expect(try leaves.allSatisfy { try pins.pin(of: $0) == nil })
    }

    /// The same list again would end at its first root.
    @Test func aRemovalThatBreaksOffSaysWhatIsGone() throws {
        let pins = Pins(library, countAtOnce: 2)
        let leaves = try (0..<5).map { try blocks.raw("\($0)") }
        try pins.add(leaves, for: context)
        let error = try scratch.store.claims.with([PinKey(leaves[2], .rpc).row], by: soon()) {
            () throws(BlockStoreError) in
            let outcome = Pending<ContentError?>()
            let thread = Thread(name: "parts") {
                let late = RequestContext(deadline: .after(.seconds(1)))
                outcome.fulfil(contentError { try pins.remove(leaves, for: late) })
            }
            thread.join()
            return outcome.value()
        }
        let gone = try leaves.count { try pins.pin(of: $0) == nil }
        #expect(gone == 2 || gone == 0)
        guard gone == 2 else { return }
        #expect(
            error?.message
                == "the deadline passed while pins were being written; of 5 pins the first 2 are "
                + "gone, numbers 3 to 4 may be gone: see `pin ls`, then try again with those that are left"
        )
    }
}
