import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing

/// Listings of links through blocks that are wide, deep or nested.
@Suite(.timeLimit(.minutes(40)))
struct ReferencesTests {
    private let scratch: ScratchLibrary
    private let blocks: HostileBlocks

    init() throws {
        scratch = try ScratchLibrary()
        blocks = HostileBlocks(scratch)
    }

    /// Coming back to a block costs the next link, not all those before it. The deadline is far from
    /// what that takes, under a sanitizer too.
    @Test(arguments: [Multicodec.dagPB, .dagCBOR, .dagJSON])
    func aWideBlockOverDeepOnesIsListed(codec: Multicodec) throws {
        let low = try blocks.chain(5, below: try blocks.raw("end"))
        let root = try wide([CID](repeating: low, count: 12_000), codec)
        let context = RequestContext(deadline: .after(.seconds(900)))
        var references = try References(
            from: root, access: scratch.library.access(for: context), options: options())
        var count = 0
        while try references.next() != nil { count += 1 }
        #expect(count == 12_000 * 6)
    }

    /// Names are the same whether a block stays in memory or is taken up again.
    @Test(arguments: [Multicodec.dagCBOR, .dagJSON], [true, false])
    func namesDoNotChangeWhenABlockIsTakenUpAgain(codec: Multicodec, isUnique: Bool) throws {
        var below = try blocks.raw("end")
        for number in 0..<6 {
            let other = try blocks.chain(2, below: try blocks.raw("other \(number)"))
            let list = IPLDValue.list([.null, .link(other), .list([.link(below), .link(other)])])
            let value = IPLDValue.map([
                .init(key: "é\"\(number)", value: list), .init(key: "z", value: .link(other)),
            ])
            below = try blocks.store(try IPLDCodec.encode(value, as: codec), codec)
        }
        let access = scratch.access
        var plain = try References(from: below, access: access, options: options(isUnique))
        var released = try References(from: below, access: access, options: options(isUnique))
        var names: Set<Bytes> = []
        while let reference = try plain.next() {
            #expect(try released.next() == reference)
            released.release()
            names.insert(reference.linkName)
        }
        #expect(try released.next() == nil)
        #expect(names.contains(Bytes(utf8: "é\"5/2/0")))
    }

    /// What is remembered of each block on the way down is small and counted.
    @Test(arguments: [true, false])
    func placesInNestedBlocksAreCounted(releases: Bool) throws {
        var below = try blocks.raw("end")
        for _ in 0..<200 {
            var value = IPLDValue.list([.link(below), .link(below)])
            for _ in 0..<100 { value = .list([value]) }
            below = try blocks.store(try IPLDCodec.encode(value, as: .dagCBOR), .dagCBOR)
        }
        let access = scratch.access
        var references = try References(from: below, access: access, options: options())
        for _ in 0..<200 {
            #expect(try references.next() != nil)
            if releases { references.release() }
        }
        let inUse = scratch.library.stateMemory.budget.inUse
        #expect((200 * 101 * 16...1 << 20).contains(inUse))
    }

    /// What has no place in the log is told apart all the same, or the request ends.
    @Test func linksToContentOfCIDsAreListedOnceHoweverManyThereAre() throws {
        let root = try identities(6_000, repeating: 5_500..<5_510)
        var references = try References(from: root, access: scratch.access, options: options(true))
        var count = 0
        while try references.next() != nil { count += 1 }
        #expect(count == 6_000)
        for roots in [[root], [root, root]] {
            let figures = try DAGStatistics.count(roots, access: scratch.access)
            #expect(figures.uniqueBlockCount == 6_001)
            #expect(figures.dags.allSatisfy { $0.blockCount == 6_001 })
        }
    }

    /// The same bytes with and without links count in the same way in one DAG and in several.
    @Test func aDAGCountsTheSameTwice() throws {
        let bytes = Bytes([0x80])
        let links = try [Multicodec.raw, .dagCBOR, .cbor].enumerated().map { index, codec in
            ("\(index)", try blocks.store(bytes, codec))
        }
        let root = try blocks.node(links)
        let figures = try [[root], [root, root], [root, links[1].1]].map {
            try DAGStatistics.count($0, access: scratch.access)
        }
        #expect(figures.map(\.uniqueBlockCount) == [3, 3, 3])
        #expect(Set(figures.map(\.totalByteCount)).count == 1)
    }

    @Test func moreThanCanBeRememberedIsAnErrorAndNoWrongCount() throws {
        // Each takes about 230 bytes, and the request may have 32 MiB.
        let folders = try (0..<40).map { number in
            ("\(number)", try identities(5_000, repeating: 0..<0, length: 100, in: "\(number)"))
        }
        let root = try blocks.node(folders)
        let counted = contentError {
            _ = try DAGStatistics.count([root], access: scratch.access)
        }
        #expect(counted?.code == .tooMuchMemory)
        let listed = contentError {
            var references = try References(
                from: root, access: scratch.access, options: options(true))
            while try references.next() != nil {}
        }
        #expect(listed?.code == .tooMuchMemory)
    }

    /// A node with links to content of CIDs, some of which are linked once more.
    private func identities(
        _ count: Int, repeating again: Range<Int>, length: Int = 0, in folder: String = ""
    ) throws -> CID {
        let padding = String(repeating: ".", count: length)
        let cids = (0..<count).map { number in
            HostileBlocks.identity(Bytes(utf8: "\(folder)/\(number)" + padding), .raw)
        }
        let links = cids.enumerated().map { ("\($0.offset)", $0.element) }
        return try blocks.node(links + again.map { ("again \($0)", cids[$0]) }, isFolder: false)
    }

    private func options(_ isUnique: Bool = false) -> References.Options {
        var options = References.Options()
        (options.depthMax, options.isUnique) = (nil, isUnique)
        return options
    }

    private func wide(_ cids: [CID], _ codec: Multicodec) throws -> CID {
        if codec == .dagPB {
            return try blocks.node(cids.enumerated().map { ("\($0.offset)", $0.element) })
        }
        let value = IPLDValue.map([.init(key: "list", value: .list(cids.map { .link($0) }))])
        return try blocks.store(try IPLDCodec.encode(value, as: codec), codec)
    }
}
