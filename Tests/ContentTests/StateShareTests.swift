import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing

/// What a walk remembers waits for memory apart from the blocks that it reads.
@Suite(.timeLimit(.minutes(20)))
struct StateShareTests {
    private enum Walk: CaseIterable {
        case archive, car, statistics, references, uniqueReferences, pin, faults
    }

    /// Else those who remember much would keep the memory for blocks from those who only read.
    @Test(arguments: Walk.allCases)
    private func whoWaitsToRememberHoldsNoBlocks(_ walk: Walk) throws {
        let scratch = try ScratchLibrary()
        let root = try folder(in: scratch)
        let library = scratch.library
        let budget = library.stateBudget
        #expect(budget.tryAcquire(budget.limit))
        let hasEnded = Pending<Bool>()
        let thread = Thread(name: "walk") {
            hasEnded.fulfil((try? run(walk, root, in: library)) != nil)
        }
        let deadline = soon()
        while budget.waiterCount == 0, !deadline.hasPassed { pause(for: .milliseconds(1)) }
        #expect(budget.waiterCount == 1)
        #expect(library.blockMemory.ordinary.inUse == 0)
        budget.release(budget.limit)
        #expect(hasEnded.value())
        thread.join()
        #expect(library.blockMemory.ordinary.inUse == 0)
    }

    /// Who gets none is told of which memory.
    @Test func theNameOfTheMemoryComesWithTheShare() throws {
        let scratch = try ScratchLibrary()
        let budget = scratch.library.entryBudget
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

    private func run(_ walk: Walk, _ root: CID, in library: Library) throws {
        let access = library.access(for: RequestContext(deadline: soon()))
        switch walk {
        case .archive:
            var export = try TarExport(root, name: Bytes(utf8: "t"), access: access)
            while try export.next() != nil {}
        case .car:
            var export = try CARExport(root: root, access: access)
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
        }
    }
}
