import Buffers
import Content
import Execution
import Multiformats
import TestSupport
import Testing

/// A large block with many small children is read once for all of them, and not once for each, as long as
/// nobody else wants its memory.
@Suite(.timeLimit(.minutes(20)))
struct WideParentTests {
    private static let childCount = 600
    private let scratch: ScratchLibrary
    private let blocks: HostileBlocks
    private let source: CountedSource

    init() throws {
        scratch = try ScratchLibrary()
        blocks = HostileBlocks(scratch)
        source = CountedSource(scratch.store)
    }

    private func makeAccess(largeEgressBytesMax: Int = 34 << 20) -> ContentAccess {
        Library(store: scratch.store, largeEgressBytesMax: largeEgressBytesMax, source: source)
            .access(for: RequestContext(deadline: soon()))
    }

    /// 3 MB with a link to each of some nodes that have a link each.
    private func wideNode(above leaf: CID) throws -> CID {
        let name = String(repeating: "n", count: 5_000)
        let links = try (0..<Self.childCount).map { number in
            (name: name, cid: try blocks.node([("\(number)", leaf)]))
        }
        return try blocks.node(links)
    }

    private enum Reading: CaseIterable {
        case walk, walkOfAll, car, references, faults, pin
    }

    @Test(arguments: Reading.allCases)
    private func aWalkReadsItOnce(_ reading: Reading) throws {
        let root = try wideNode(above: try blocks.raw("leaf"))
        let access = makeAccess()
        switch reading {
        case .walk, .walkOfAll:
            var options = DAGWalk.Options()
            options.repetition = reading == .walk ? .once : .every
            var walk = DAGWalk(roots: [root], access: access, options: options)
            var count = 0
            while try walk.next() != nil { count += 1 }
            #expect(count == 1 + Self.childCount + (reading == .walk ? 1 : Self.childCount))
        case .car:
            var export = try CARExport(root: root, access: access)
            while try export.next() != nil {}
        case .references:
            var options = References.Options()
            options.depthMax = nil
            var references = try References(from: root, access: access, options: options)
            var count = 0
            while try references.next() != nil { count += 1 }
            #expect(count == 2 * Self.childCount)
        case .faults:
            var walk = FaultWalk(from: root, access: access)
            #expect(try walk.next() == nil)
        case .pin: try Pins(access.library).add(root, for: access.context)
        }
        // An archive looks at its root before it begins.
        #expect(source.lookCount(at: root) <= 2)
    }

    /// Those between it and the small ones are read once each, too.
    @Test func aNodeBetweenIsReadOnce() throws {
        let leaf = try blocks.raw("leaf")
        let wide = try wideNode(above: leaf)
        let filling = String(repeating: "f", count: 7 << 20)
        let root = try blocks.node([("a", wide), (filling, leaf), ("b", wide), ("c", wide)])
        var options = DAGWalk.Options()
        options.repetition = .every
        var walk = DAGWalk(roots: [root], access: makeAccess(), options: options)
        while try walk.next() != nil {}
        #expect(source.lookCount(at: root) == 1)
        #expect(source.lookCount(at: wide) == 3)
    }

    /// What is in memory of a path is less than two of its largest block.
    @Test func aPathOfLargeBlocksHoldsTwoOfThemAtMost() throws {
        var root = try blocks.raw("end")
        let filling = String(repeating: "f", count: 3 << 20)
        for number in 0..<8 { root = try blocks.node([("\(number)", root), (filling, root)]) }
        let access = makeAccess()
        var walk = DAGWalk(roots: [root], access: access)
        var most = 0
        while let visit = try walk.next() {
            most = max(most, access.library.blockMemory.inUse)
            #expect(visit.depth <= 8)
        }
        #expect(most > 3 << 20)
        #expect(most < 7 << 20)
        walk.release()
        #expect(access.library.blockMemory.inUse == 0)
    }

    /// It is kept while nobody wants its memory, and read again by who has let others have it.
    @Test func othersGetItsMemory() throws {
        let root = try wideNode(above: try blocks.raw("leaf"))
        let byteCount = try #require(try scratch.access.byteCount(of: root))
        let access = makeAccess(largeEgressBytesMax: byteCount)
        let memory = access.library.blockMemory.large
        var options = DAGWalk.Options()
        options.repetition = .every
        var walk = DAGWalk(roots: [root], access: access, options: options)
        for _ in 0..<3 { #expect(try walk.next() != nil) }
        #expect(memory.inUse == byteCount)
        let found = Pending<Int>()
        let other = Thread(name: "other") {
            found.fulfil((try? access.makeReader().block(root).count) ?? -1)
        }
        while memory.waiterCount == 0 { pause(for: .milliseconds(1)) }
        var count = 3
        while memory.waiterCount > 0 {
            pause(for: .milliseconds(1))
            if try walk.next() != nil { count += 1 }
        }
        other.join()
        #expect(found.value() == byteCount)
        #expect(count < 2 * Self.childCount)
        while try walk.next() != nil { count += 1 }
        #expect(count == 1 + 2 * Self.childCount)
        #expect(source.lookCount(at: root) <= 4)
    }
}
