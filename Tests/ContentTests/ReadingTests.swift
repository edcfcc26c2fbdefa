import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// Trees of the gateway suite, by the names that its documentation gives them.
enum Tree {
    static let two = "bafybeietjm63oynimmv5yyqay33nui4y4wx6u3peezwetxgiwvfmelutzu"
    static let mixed = "bafybeidh6k2vzukelqtrjsmd4p52cpmltd2ufqrdtdg6yigi73in672fwu"
    static let files = "bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy"
    static let cborFolder = "bafybeia264q44a3kmfc2otctzu4egp2k235o3t7mslz2yjraymp4nv6asi"
    static let sharded = "bafybeidbclfqleg2uojchspzd4bob56dqetqjsj27gy2cq3klkkgxtpn4i"
    static let hole = "QmYhmPjhFjYFyaoiuNzYv8WGavpSRDwdHWe5B4M5du5Rtk"
    static let cborDocument = "bafyreibs4utpgbn7uqegmd2goqz4bkyflre2ek2iwv743fhvylwi4zeeim"
    static let jsonDocument = "baguqeeram5ujjqrwheyaty3w5gdsmoz6vittchvhk723jjqxk7hakxkd47xq"

    static let cars = [
        "trustless_gateway_car/subdir-with-two-single-block-files.car",
        "trustless_gateway_car/subdir-with-mixed-block-files.car",
        "trustless_gateway_car/dir-with-duplicate-files.car",
        "trustless_gateway_car/dir-with-dag-cbor-with-links.car",
        "trustless_gateway_car/single-layer-hamt-with-multi-block-files.car",
        "trustless_gateway_car/file-3k-and-3-blocks-missing-block.car",
        "path_gateway_dag/dag-cbor-traversal.car", "path_gateway_dag/dag-json-traversal.car",
    ]

    static func load(_ scratch: ScratchLibrary) throws {
        for car in cars { try scratch.load(car) }
    }
}

@Suite(.timeLimit(.minutes(40)))
struct ReadingTests {
    let scratch: ScratchLibrary

    init() throws {
        scratch = try ScratchLibrary()
        try Tree.load(scratch)
    }

    @Test func aPathLeadsThroughFolders() throws {
        let found = try scratch.resolve(Tree.two + "/subdir/ascii.txt")
        #expect(found.roots.count == 3)
        #expect(found.crossed.count == 2)
        #expect(found.remainder.isEmpty)
        #expect(try scratch.read(found.cid).utf8Text == "hello application/vnd.ipld.car\n")
        #expect(try scratch.resolve(Tree.two + "/subdir/ascii.txt").cid == found.cid)
    }

    @Test func aPathLeadsThroughShardsThatAreNotRoots() throws {
        let found = try scratch.resolve(Tree.sharded + "/685.txt")
        #expect(found.roots.count == 2)
        #expect(found.crossed.count == 2)
        #expect(try scratch.read(found.cid).count == 1026)
    }

    @Test(arguments: [Tree.cborDocument, Tree.jsonDocument])
    func aPathLeadsThroughLinkedDocuments(root: String) throws {
        let end = try scratch.resolve(root + "/foo/link/bar")
        #expect(end.remainder.isEmpty)
        #expect(end.crossed.count == 2)
        let inside = try scratch.resolve(root + "/foo")
        #expect(inside.cid.text() == root)
        #expect(inside.remainder == [Bytes(utf8: "foo")])
        #expect(inside.valueRange != nil)
    }

    @Test func aNameThatIsNotThereIsNamed() throws {
        let error = contentError { _ = try scratch.resolve(Tree.two + "/subdir/none") }
        let subdir = try scratch.resolve(Tree.two + "/subdir").cid
        #expect(error?.code == .linkNotFound)
        #expect(error?.message == "no link named \"none\" under \(subdir.text())")
        let below = contentError { _ = try scratch.resolve(Tree.two + "/subdir/ascii.txt/x") }
        #expect(below?.code == .linkNotFound)
        let key = contentError { _ = try scratch.resolve(Tree.cborDocument + "/foo/none") }
        #expect(key?.message == "no link named \"none\" under \(Tree.cborDocument)")
    }

    @Test func aBlockThatIsNotHereIsNamed() {
        let absent = "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"
        let error = contentError { _ = try scratch.read(try scratch.resolve(absent).cid) }
        #expect(error?.code == .blockNotFound)
        #expect(
            error?.message
                == "block was not found locally (offline): ipld: could not find \(absent)")
    }

    @Test func aHoleInAFileEndsTheStreamWithATypedError() throws {
        let root = try scratch.resolve(Tree.hole).cid
        var stream = try FileStream(root, access: scratch.access)
        #expect(stream.size == 3072)
        #expect(try stream.next()?.bytes.count == 1024)
        #expect(contentError { _ = try stream.next() }?.code == .blockNotFound)
        #expect(try scratch.read(root, range: 2048..<3072).count == 1024)
        #expect(try scratch.read(root, range: 0..<1001).count == 1001)
    }

    @Test func aFolderIsNoFile() throws {
        let root = try scratch.resolve(Tree.files).cid
        let error = contentError { _ = try scratch.read(root) }
        #expect(error?.code == .isDirectory)
        #expect(error?.message == "this dag node is a directory")
    }

    @Test func aReaderThatStopsGivesItsWindowBack() throws {
        var random = SeededRandom(seed: 3)
        let bytes = random.bytes(6 << 20)
        let file = try scratch.add(bytes)
        let budget = scratch.library.blockMemory
        do {
            var stream = try FileStream(file.cid, access: scratch.access)
            for _ in 0..<5 { _ = try stream.next() }
            #expect(budget.inUse > 0)
            #expect(budget.inUse <= Limits.readAheadBytesMax)
        }
        #expect(comesBack { budget.inUse })
        #expect(try scratch.read(file.cid) == bytes)
        #expect(comesBack { budget.inUse })
    }

    @Test func identityContentIsNeverLookedUp() throws {
        let scratch = try ScratchLibrary()
        let cid = try scratch.resolve("bafkqaf3imvwgy3zaneqgc3janfxgy2lomvscay3jmqfa").cid
        #expect(try scratch.read(cid).utf8Text == "hello i am inlined cid\n")
        #expect(try scratch.read(try scratch.resolve("bafkqaaa").cid).isEmpty)
    }

    @Test func aListingShowsKindsAndSizes() throws {
        let root = try scratch.resolve(Tree.files).cid
        var listing = try Listing(root, resolvesChildren: true, access: scratch.access)
        var lines: [String] = []
        while let link = try listing.next() {
            lines.append("\(link.name.utf8Text ?? "") \(link.kind.rawValue) \(link.byteCount)")
        }
        #expect(
            lines == [
                "ascii-copy.txt 2 31", "ascii.txt 2 31", "hello.txt 2 12", "multiblock.txt 2 1026",
            ])
        let file = try scratch.resolve(Tree.files + "/multiblock.txt").cid
        var parts = try Listing(file, resolvesChildren: true, access: scratch.access)
        var sizes: [UInt64] = []
        while let link = try parts.next() { sizes.append(link.byteCount) }
        #expect(sizes == [256, 256, 256, 256, 2])
    }

    @Test func referencesComeParentsFirst() throws {
        let root = try scratch.resolve(Tree.files).cid
        var options = References.Options()
        var direct = try References(from: root, access: scratch.access, options: options)
        var names: [String] = []
        while let reference = try direct.next() { names.append(reference.linkName.displayText) }
        #expect(names == ["ascii-copy.txt", "ascii.txt", "hello.txt", "multiblock.txt"])
        options.depthMax = nil
        options.isUnique = true
        var all = try References(from: root, access: scratch.access, options: options)
        var count = 0
        while let reference = try all.next() {
            #expect(reference.source == root || count >= 3)
            count += 1
        }
        #expect(count == 8)
    }

    @Test func figuresOfDAGsCountSharedBlocksOnce() throws {
        let files = try scratch.resolve(Tree.files).cid
        let mixed = try scratch.resolve(Tree.mixed).cid
        let figures = try DAGStatistics.count([files, mixed], access: scratch.access)
        let alone = try DAGStatistics.count([files], access: scratch.access)
        #expect(figures.dags[0] == alone.dags[0])
        #expect(alone.uniqueBlockCount == 9)
        #expect(alone.sharedByteCount == 0)
        #expect(
            figures.totalByteCount
                == figures.dags[0].byteCount + figures.dags[1].byteCount - figures.sharedByteCount)
        #expect(figures.sharedByteCount > 1026)
        #expect(figures.ratio > 1)
    }

    @Test func aWalkOverManyBlocksStaysExactBeyondItsSet() throws {
        var options = ImportOptions()
        options.chunker = .fixed(64)
        options.rawLeaves = true
        options.maxFileLinks = 10
        var random = SeededRandom(seed: 8)
        let half = random.bytes(64 * 500)
        var doubled = ByteWriter()
        for _ in 0..<2 { doubled.append(half) }
        let file = try scratch.add(doubled.finish(), options)
        var walkOptions = DAGWalk.Options()
        walkOptions.multihashesMax = 50
        var walk = DAGWalk(roots: [file.cid], access: scratch.access, options: walkOptions)
        var met: Set<CID> = []
        while let visit = try walk.next() { #expect(met.insert(visit.cid).inserted) }
        var usual = DAGWalk(roots: [file.cid], access: scratch.access)
        while let visit = try usual.next() { #expect(met.remove(visit.cid) != nil) }
        #expect(met.isEmpty)
    }
}
