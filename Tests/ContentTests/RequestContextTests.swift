import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import Testing
import UnixFS

/// Nothing goes on after its caller has left, and nothing takes more than its share.
@Suite(.timeLimit(.minutes(40)))
struct RequestContextTests {
    private let scratch: ScratchLibrary
    private let blocks: HostileBlocks

    init() throws {
        scratch = try ScratchLibrary()
        blocks = HostileBlocks(scratch)
    }

    private enum Work: CaseIterable {
        case dag, entity, listing, references, statistics, archive, path, pin, removal
        case completeness, pinStatus
    }

    @Test(arguments: Work.allCases)
    private func endsWithItsCaller(_ work: Work) throws {
        let root = try folder()
        #expect(contentError { try run(work, root, 0, RequestContext(deadline: soon())) } == nil)
        let cancelled = RequestContext(deadline: soon())
        cancelled.cancel()
        #expect(contentError { try run(work, root, 1, cancelled) }?.code == .cancelled)
        let gone = RequestContext(deadline: soon(), firstLook: .zero) { false }
        #expect(contentError { try run(work, root, 2, gone) }?.code == .cancelled)
        let late = RequestContext(deadline: .after(.zero))
        #expect(contentError { try run(work, root, 3, late) }?.code == .deadlineExceeded)
    }

    /// A root that leads to more than the few steps between two looks at the clock.
    private func folder() throws -> CID {
        let leaves = try (0..<300).map { try blocks.raw("leaf \($0)") }
        return try blocks.node(leaves.enumerated().map { ("\($0)", $1) })
    }

    private func run(
        _ work: Work, _ root: CID, _ turn: Int, _ context: RequestContext
    ) throws {
        let access = scratch.library.access(for: context)
        switch work {
        case .dag:
            var walk = DAGWalk(roots: [root], access: access)
            while try walk.next() != nil {}
        case .entity:
            var options = CARExport.Options()
            options.scope = .entity
            var export = try CARExport(root: root, access: access, options: options)
            while try export.next() != nil {}
        case .listing:
            var listing = try Listing(root, resolvesChildren: true, access: access)
            while try listing.next() != nil {}
        case .references:
            var references = try References(from: root, access: access)
            while try references.next() != nil {}
        case .statistics: _ = try DAGStatistics.count([root], access: access)
        case .archive:
            var export = try TarExport(root, name: Bytes(utf8: "x"), access: access)
            while try export.next() != nil {}
        case .path:
            // Another name each time: what was resolved once is known without any work.
            _ = try PathResolver(access).resolve(
                ContentPath(root: root, segments: [Bytes(utf8: "\(turn)")]),
                in: access.makeStateShare())
        case .completeness:
            var check = CompletenessCheck(access)
            _ = try check.fault(below: root)
        case .pinStatus:
            try Pins(scratch.library).add(root, for: RequestContext(deadline: soon()))
            _ = try Pins(scratch.library).statuses(
                of: [root], filter: .indirect, for: context)
        case .pin: try Pins(scratch.library).add(root, for: context)
        case .removal:
            try Pins(scratch.library).add(
                root, for: RequestContext(deadline: soon()))
            _ = try BlockRemoval(access).remove([root], isForced: true)
        }
    }

    @Test func readersGiveTheirMemoryBack() throws {
        let budget = scratch.library.blockMemory
        var random = SeededRandom(seed: 5)
        let file = try scratch.add(random.bytes(3 << 20))
        var stream = try FileStream(file.cid, access: scratch.access)
        let piece = try #require(try stream.next())
        #expect(budget.inUse >= piece.bytes.count)
        stream.release()
        #expect(comesBack { budget.inUse })
    }

    /// The others have everything: who comes then gets a clear answer, and the next one is served.
    @Test func aReaderWithoutMemoryIsToldToComeAgain() throws {
        let scratch = try ScratchLibrary(egressBytesMax: 1 << 20)
        var random = SeededRandom(seed: 6)
        let first = try scratch.add(random.bytes(700_000), rawLeaves())
        let second = try scratch.add(random.bytes(700_000), rawLeaves())
        var held: FileStream? = try FileStream(first.cid, access: scratch.access)
        #expect(try held?.next() != nil)
        let patient = RequestContext(deadline: .after(.milliseconds(200)))
        let error = contentError {
            _ = try FileStream(second.cid, access: scratch.library.access(for: patient))
        }
        #expect(error?.code == .deadlineExceeded)
        held = nil
        #expect(try scratch.read(second.cid).count == 700_000)
    }

    private func rawLeaves() -> ImportOptions {
        var options = ImportOptions()
        (options.rawLeaves, options.chunker) = (true, .fixed(1 << 20))
        return options
    }

    @Test func whatAWalkRemembersCountsAndIsLimited() throws {
        let share = scratch.access.makeStateShare()
        try share.require(1)
        #expect(scratch.library.stateMemory.budget.inUse == 0)
        try share.require(1 << 20)
        #expect(scratch.library.stateMemory.budget.inUse >= (1 << 20) - (64 << 10))
        let error = contentError { try share.require(1 << 30) }
        #expect(error?.code == .tooMuchMemory)
        share.release()
        #expect(scratch.library.stateMemory.budget.inUse == 0)
    }

    @Test func whatIsForgottenMakesRoomForMore() throws {
        let share = scratch.access.makeStateShare()
        try share.take(1 << 20)
        try share.take(1 << 20)
        let inUse = scratch.library.stateMemory.budget.inUse
        share.forget(1 << 20)
        #expect(share.byteCount == 1 << 20)
        try share.take(1 << 20)
        #expect(scratch.library.stateMemory.budget.inUse == inUse)
        let error = contentError { try share.take(1 << 30) }
        #expect(error?.code == .tooMuchMemory)
        #expect(share.byteCount == 2 << 20)
        share.release()
        #expect(share.byteCount == 0)
    }
}
