import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// What a walk remembers waits for memory apart from the blocks that it reads.
@Suite(.timeLimit(.minutes(40)))
struct StateShareTests {
    private enum Walk: CaseIterable {
        case namesOfArchive, archive, car, carOfFile, carOfSpan, statistics, references
        case uniqueReferences, pin, faults, completeness
    }

    /// Else those who remember much would keep the memory for blocks from those who only read.
    @Test(arguments: Walk.allCases)
    private func whoWaitsToRememberHoldsNoBlocks(_ walk: Walk) throws {
        let scratch = try ScratchLibrary()
        let root =
            switch walk {
            case .carOfFile: try file(in: scratch)
            case .carOfSpan: try nestedFile(in: scratch)
            default: try folder(in: scratch)
            }
        let library = scratch.library
        let budget = library.stateMemory.budget
        let hasEnded = Pending<Bool>()
        let thread = Thread(name: "walk") {
            hasEnded.fulfil(
                (try? run(walk, root, in: library) {
                    #expect(budget.tryAcquire(budget.limit))
                }) != nil)
        }
        let deadline = soon()
        while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(budget.waiterCount == 1)
        #expect(comesBack { library.blockMemory.ordinary.inUse })
        budget.release(budget.limit)
        #expect(hasEnded.value())
        thread.join()
        #expect(comesBack { library.blockMemory.ordinary.inUse })
    }

    /// Requests that all hold something and need more: one after the other has the reserve, so none
    /// waits for its end in vain.
    @Test(arguments: [false, true])
    func thoseWhoHoldSomeDoNotWaitForEachOther(isAdd: Bool) throws {
        let scratch = try ScratchLibrary()
        let library = scratch.library
        let (budget, reserve) =
            isAdd
            ? (library.entryMemory.budget, library.entryMemory.reserve)
            : (library.stateMemory.budget, library.stateMemory.reserve)
        let makeShare: @Sendable (RequestContext) -> StateShare = { context in
            let access = library.access(for: context)
            return isAdd ? access.makeEntryShare() : access.makeStateShare()
        }
        let part = budget.limit / 4
        let hasHalf = Monitor(0)
        let ends = (0..<4).map { _ in Pending<Bool>() }
        let threads = ends.map { end in
            Thread(name: "walk") {
                let context = RequestContext(deadline: soon())
                let state = makeShare(context)
                do {
                    try state.take(part)
                    hasHalf.notify { $0 += 1 }
                    _ = hasHalf.wait(by: soon()) { $0 == 4 ? true : nil }
                    try state.take(part)
                    // The same request remembers something else.
                    try makeShare(context).take(1 << 20)
                    end.fulfil(true)
                } catch {
                    end.fulfil(false)
                }
            }
        }
        #expect(ends.map { $0.value() } == [true, true, true, true])
        for thread in threads { thread.join() }
        #expect(budget.inUse == 0)
        #expect(reserve.inUse == 0)
    }

    /// Who has nearly all of one memory, and wants more than is left of it, waits for the other.
    @Test func whoHasNearlyAllWaitsForTheReserve() throws {
        let library = try ScratchLibrary().library
        let memory = library.entryMemory
        let first = library.access(for: RequestContext(deadline: soon())).makeEntryShare()
        try first.take(128 << 10)
        let (hasMost, mayGoOn) = (Pending<Void>(), Pending<Void>())
        let outcome = Pending<[Bool]>()
        let thread = Thread(name: "second") {
            let second = library.access(for: RequestContext(deadline: soon())).makeEntryShare()
            let rest = memory.budget.limit - (256 << 10)
            let hasRest = (try? second.take(rest)) != nil
            hasMost.fulfil(())
            mayGoOn.value()
            let isAtOnce = (try? second.takeAtOnce(1 << 20)) ?? true
            let isLater = (try? second.take(1 << 20)) != nil
            let isAll = (try? second.requireAtOnce(Limits.entryBytesMax)) ?? false
            let error = contentError { try second.take(1 << 20) }
            outcome.fulfil([hasRest, !isAtOnce, isLater, isAll, error?.code == .tooMuchMemory])
        }
        hasMost.value()
        // There is less than this, so the reserve is the first one's.
        try first.take(512 << 10)
        #expect(memory.reserve.inUse == memory.reserve.limit)
        mayGoOn.fulfil(())
        let deadline = soon()
        while !memory.isWanted, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(memory.isWanted)
        first.release()
        #expect(outcome.value() == [true, true, true, true, true])
        thread.join()
        #expect(!memory.isWanted)
        #expect(memory.budget.inUse + memory.reserve.inUse == 0)
    }

    /// What is held of the reserve counts for whoever asks how much is.
    @Test func whatIsHeldOfTheReserveIsTold() throws {
        let library = try ScratchLibrary().library
        let access = library.access(for: RequestContext(deadline: soon()))
        let entries = access.makeEntryShare()
        try entries.take(1 << 20)
        let memory = library.entryMemory
        let rest = memory.budget.limit - memory.budget.inUse
        #expect(memory.budget.tryAcquire(rest))
        try entries.take(30 << 20)
        let isThere = Pending<Bool>()
        let thread = Thread(name: "other") {
            isThere.fulfil(memory.budget.acquire(rest, by: soon()))
        }
        while memory.budget.waiterCount == 0 { pause(for: .milliseconds(1)) }
        #expect(access.heldUpByteCount > 30 << 20)
        memory.budget.release(rest)
        #expect(isThere.value())
        thread.join()
        memory.budget.release(rest)
    }

    @Test func whatWasForgottenIsGivenBackWhereItIsMuch() throws {
        let library = try ScratchLibrary().library
        let state = library.access(for: RequestContext(deadline: soon())).makeStateShare()
        try state.take(4 << 20)
        let full = library.stateMemory.budget.inUse
        state.forget(3 << 20)
        state.giveBack(beyond: 3 << 20)
        #expect(library.stateMemory.budget.inUse == full)
        state.giveBack(beyond: 1 << 20)
        #expect(state.byteCount == 1 << 20)
        #expect(library.stateMemory.budget.inUse <= (1 << 20) + (64 << 10))
        try state.take(1 << 20)
        #expect(library.stateMemory.budget.inUse >= (2 << 20) - (64 << 10))
        state.forget(2 << 20)
        state.giveBack(beyond: 0)
        #expect(library.stateMemory.budget.inUse == 0)
    }

    /// What is given back of the reserve is the next one's, though the request goes on.
    @Test func theReserveIsGivenBackFirst() throws {
        let library = try ScratchLibrary().library
        let state = library.access(for: RequestContext(deadline: soon())).makeStateShare()
        try state.take(2 << 20)
        let rest = library.stateMemory.budget.limit - library.stateMemory.budget.inUse
        #expect(library.stateMemory.budget.tryAcquire(rest))
        defer { library.stateMemory.budget.release(rest) }
        try state.take(1 << 20)
        #expect(library.stateMemory.reserve.inUse > 0)
        state.forget(1 << 20)
        state.giveBack(beyond: 512 << 10)
        #expect(library.stateMemory.reserve.inUse == 0)
        #expect(library.stateMemory.budget.inUse == library.stateMemory.budget.limit)
        #expect(state.byteCount == 2 << 20)
    }

    @Test func whoHoldsMuchIsTold() throws {
        let library = try ScratchLibrary().library
        let access = library.access(for: RequestContext(deadline: soon()))
        let state = access.makeStateShare()
        try state.take(2 << 20)
        #expect(!access.holdsUpOthers)
        let rest = library.stateMemory.budget.limit - library.stateMemory.budget.inUse
        #expect(library.stateMemory.budget.tryAcquire(rest))
        let other = Pending<Bool>()
        let thread = Thread(name: "other") {
            let newcomer = library.access(for: RequestContext(deadline: soon())).makeStateShare()
            other.fulfil((try? newcomer.take(1 << 20)) != nil)
        }
        while library.stateMemory.budget.waiterCount == 0 { pause(for: .milliseconds(1)) }
        #expect(access.holdsUpOthers)
        state.release()
        #expect(other.value())
        thread.join()
        #expect(!access.holdsUpOthers)
        library.stateMemory.budget.release(rest)
    }

    /// Who gets none is told of which memory.
    @Test func theNameOfTheMemoryComesWithTheShare() throws {
        let scratch = try ScratchLibrary()
        let budget = scratch.library.entryMemory.budget
        #expect(budget.tryAcquire(budget.limit))
        defer { budget.release(budget.limit) }
        let archive = CARImport(scratch.access)
        let roots = (0..<1_000).map { HostileBlocks.identity(Bytes(utf8: "\($0)"), .raw) }
        let error = contentError { try archive.feed(CARWriter.header(roots: roots)) }
        #expect(error?.code == .overloaded)
        #expect(error?.message.contains("folders, roots and names that are added") == true)
    }

    /// A folder with more entries than a request remembers for nothing, in folders of 100.
    private func folder(in scratch: ScratchLibrary) throws -> CID {
        let blocks = HostileBlocks(scratch)
        let folders = try (0..<10).map { number in
            let entries = try (0..<100).map { index in
                let name = "\(number)-\(index)"
                return (name: name, cid: try blocks.raw(name))
            }
            return (name: "folder \(number)", cid: try blocks.node(entries))
        }
        return try blocks.node(folders)
    }

    /// A file with more parts than that.
    private func file(in scratch: ScratchLibrary) throws -> CID {
        let blocks = HostileBlocks(scratch)
        let parts = try (100..<500).map { (cid: try blocks.raw("\($0)"), byteCount: UInt64(3)) }
        return try blocks.store(Self.encode(file: parts), .dagPB)
    }

    /// The same at the end of a chain, of which a span that begins with the second byte has no node
    /// wholly: more blocks are given than are complete, so that their memory is the first to be full.
    private func nestedFile(in scratch: ScratchLibrary) throws -> CID {
        let blocks = HostileBlocks(scratch)
        var node = try file(in: scratch)
        for _ in 0..<60 { node = try blocks.store(Self.encode(file: [(node, 1_200)]), .dagPB) }
        return node
    }

    private static func encode(file parts: [(cid: CID, byteCount: UInt64)]) -> Bytes {
        var message = UnixFSData(type: .file)
        message.blockSizes = parts.map(\.byteCount)
        message.fileSize = parts.reduce(0) { $0 + $1.byteCount }
        return DagPBNode(
            links: parts.map { DagPBLink(cid: $0.cid, nameBytes: .empty, tsize: 1) },
            data: message.encode()
        ).encode()
    }

    /// - Parameter fill: takes all of the budget; called before what is looked at begins.
    private func run(
        _ walk: Walk, _ root: CID, in library: Library, _ fill: () -> Void
    ) throws {
        let access = library.access(for: RequestContext(deadline: soon()))
        // Its names are looked at first, in memory of their own.
        var archive =
            walk == .archive ? try TarExport(root, name: Bytes(utf8: "t"), access: access) : nil
        fill()
        switch walk {
        case .namesOfArchive: _ = try TarExport(root, name: Bytes(utf8: "t"), access: access)
        case .archive: while try archive?.next() != nil {}
        case .car, .carOfFile, .carOfSpan:
            var options = CARExport.Options()
            if walk != .car { options.scope = .entity }
            if walk == .carOfSpan { options.span = ByteSpan(from: 1, to: nil) }
            var export = try CARExport(root: root, access: access, options: options)
            while try export.next() != nil {}
        case .statistics: _ = try DAGStatistics.count([root, root], access: access)
        case .references, .uniqueReferences:
            var options = References.Options()
            options.isUnique = true
            options.depthMax = walk == .references ? 9 : nil
            var references = try References(from: root, access: access, options: options)
            while try references.next() != nil {}
        case .pin: try Pins(library).add(root, for: access.context)
        case .faults:
            var faults = FaultWalk(from: root, access: access)
            while try faults.next() != nil {}
        case .completeness:
            var check = CompletenessCheck(access)
            let fault = try check.fault(below: root)
            #expect(fault == nil)
        }
    }
}
