import Multiformats
import TestSupport
import Testing

@testable import Content

/// Destinations that are listed once: the order and the choice are Kubo's, the work is bounded by what there
/// is to list.
@Suite(.timeLimit(.minutes(40)))
struct UniqueReferencesTests {
    private let scratch: ScratchLibrary
    private let blocks: HostileBlocks

    init() throws {
        scratch = try ScratchLibrary()
        blocks = HostileBlocks(scratch)
    }

    /// Blocks of a random DAG, those with links last, and the links of each.
    private struct Graph {
        var cids: [CID] = []
        var links: [CID: [CID]] = [:]
    }

    /// Kubo's rules, followed to the letter: who is nearer to the root than before is followed again.
    private struct Model {
        let graph: Graph
        let depthMax: Int?
        private(set) var met: [CID: Int] = [:]
        private(set) var listed: [CID] = []

        init(_ graph: Graph, depthMax: Int?) { (self.graph, self.depthMax) = (graph, depthMax) }

        mutating func list(below cid: CID, depth: Int = 1) {
            for child in graph.links[cid] ?? [] {
                if let before = met[child], depthMax == nil || before <= depth { continue }
                if met.updateValue(depth, forKey: child) == nil { listed.append(child) }
                if depth != depthMax { list(below: child, depth: depth + 1) }
            }
        }
    }

    @Test(arguments: 0..<20)
    func linksOfSeveralRootsAreListedAsKuboListsThem(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let graph = try graph(&random)
        let roots = (0..<3).map { _ in graph.cids[20 + random.below(20)] } + graph.cids.suffix(2)
        for depthMax in [nil, 1, 2, 3, 4, 6, 9, 100] {
            var model = Model(graph, depthMax: depthMax)
            var references = References(access: scratch.access, options: unique(depthMax))
            var listed: [CID] = []
            for root in roots + [roots[0]] {
                model.list(below: root)
                try references.goOn(below: root)
                while let reference = try references.next() {
                    listed.append(reference.destination)
                    if random.below(4) == 0 { references.release() }
                }
            }
            #expect(listed == model.listed, "seed \(seed), depth \(depthMax ?? -1)")
        }
    }

    /// Each block of a chain leads to the same wide folder, which is met at one depth after the other, the
    /// largest first.
    @Test(arguments: [nil, 21, 22, 1_000])
    func aWideBlockThatIsMetAtManyDepthsIsFollowedOnceOrTwice(depthMax: Int?) throws {
        let (levels, width) = (20, 200)
        let wide = try blocks.node(
            try (0..<width).map { ("\($0)", try blocks.node([("x", try blocks.raw("\($0)"))])) })
        var root = wide
        for number in 0..<levels { root = try blocks.node([("\(number)", root), ("w", wide)]) }
        let source = CountedSource(scratch.store)
        let library = Library(store: scratch.store, source: source)
        let access = library.access(for: RequestContext(deadline: soon()))
        var references = try References(from: root, access: access, options: unique(depthMax))
        var count = 0
        while try references.next() != nil { count += 1 }
        // What lies behind the last level at first is found when the folder is met again.
        #expect(count == levels + 2 * width)
        #expect(source.takeLookCount() <= 3 * (levels + 2 * width))
    }

    /// A root that breaks off hides nothing of the next one that it has not listed itself.
    @Test func whatAFaultHasCutOffIsNotTakenForListed() throws {
        let missing = CID.v1(.dagPB, try blocks.raw("nobody has this as a node").multihash)
        let last = try blocks.node([("x", try blocks.raw("last"))])
        let broken = try blocks.node([("a", missing), ("b", last)])
        for depthMax in [nil, 5] {
            var references = References(access: scratch.access, options: unique(depthMax))
            try references.goOn(below: broken)
            #expect(contentError { while try references.next() != nil {} } != nil)
            try references.goOn(below: try blocks.node([("c", last)]))
            var listed: [CID] = []
            while let reference = try references.next() { listed.append(reference.destination) }
            #expect(listed.first == last && listed.count == 2)
        }
    }

    private func graph(_ random: inout SeededRandom) throws -> Graph {
        var graph = Graph()
        graph.cids = try (0..<8).map { try blocks.raw("leaf \($0)") }
        for number in 0..<40 {
            let children = (0..<1 + random.below(4)).map { _ in
                // Mostly to the last ones, so that there are many levels.
                let back = random.below(random.below(3) == 0 ? 30 : 4)
                return graph.cids[max(0, graph.cids.count - 1 - back)]
            }
            let links = children.enumerated().map { ("\(number) \($0.offset)", $0.element) }
            let cid = try blocks.node(links)
            graph.cids.append(cid)
            graph.links[cid] = children
        }
        return graph
    }

    private func unique(_ depthMax: Int?) -> References.Options {
        var options = References.Options()
        (options.isUnique, options.depthMax) = (true, depthMax)
        return options
    }
}
