import Buffers
import Content
import Multiformats
import TestSupport
import Testing
import UnixFS

/// A client that stops reading costs no memory: content that let go of everything goes on where it
/// was, byte for byte, and the piece that was given last can be had again.
@Suite(.timeLimit(.minutes(40)))
struct ReleaseTests {
    private let scratch: ScratchLibrary

    init() throws {
        scratch = try ScratchLibrary()
        try Tree.load(scratch)
    }

    @Test(arguments: [Tree.mixed + "/subdir/multiblock.txt", "deep", "wrapped", "big"])
    func aFile(path: String) throws {
        try expectSame { try FileStream(try file(path), access: scratch.access) }
    }

    @Test(arguments: ["deep", "wrapped"])
    func aRangeOfAFile(path: String) throws {
        let cid = try file(path)
        for range: Range<UInt64> in [0..<1, 5_000..<5_001, 777..<9_999, 9_990..<20_000] {
            try expectSame { try FileStream(cid, range: range, access: scratch.access) }
        }
    }

    @Test(arguments: [Tree.files, Tree.sharded, Tree.mixed, "deep", "wrapped", "big"])
    func anArchive(path: String) throws {
        let cid = try file(path)
        for scope in [CARExport.Scope.all, .entity, .block] {
            for sendsDuplicates in [false, true] {
                var options = CARExport.Options()
                (options.scope, options.sendsDuplicates) = (scope, sendsDuplicates)
                try expectSame {
                    try CARExport(root: cid, access: scratch.access, options: options)
                }
            }
        }
    }

    @Test(arguments: [Tree.files, Tree.sharded, Tree.mixed, "big"])
    func aTar(path: String) throws {
        let cid = try file(path)
        try expectSame { try TarExport(cid, name: Bytes(utf8: "x"), access: scratch.access) }
    }

    @Test func listings() throws {
        for path in [Tree.files, Tree.sharded, "deep"] {
            let cid = try file(path)
            var (plain, released) = (
                try Listing(cid, resolvesChildren: true, access: scratch.access),
                try Listing(cid, resolvesChildren: true, access: scratch.access)
            )
            var count = 0
            while let link = try plain.next() {
                #expect(try released.next() == link)
                released.release()
                count += 1
            }
            #expect(try released.next() == nil)
            #expect(count > 2)
        }
    }

    @Test func references() throws {
        var options = References.Options()
        options.depthMax = nil
        for isUnique in [false, true] {
            options.isUnique = isUnique
            let root = try scratch.resolve(Tree.sharded).cid
            var plain = try References(from: root, access: scratch.access, options: options)
            var released = try References(from: root, access: scratch.access, options: options)
            while let reference = try plain.next() {
                #expect(try released.next() == reference)
                released.release()
            }
            #expect(try released.next() == nil)
        }
    }

    /// A path, or a file that is made here.
    private func file(_ path: String) throws -> CID {
        var options = ImportOptions()
        var random = SeededRandom(seed: 9)
        switch path {
        case "deep":
            (options.chunker, options.maxFileLinks, options.rawLeaves) = (.fixed(50), 3, true)
            return try scratch.add(random.bytes(10_000), options).cid
        case "wrapped":
            (options.chunker, options.maxFileLinks) = (.fixed(900), 2)
            return try scratch.add(random.bytes(10_000), options).cid
        case "big":
            (options.chunker, options.rawLeaves) = (.fixed(200_000), true)
            return try scratch.add(random.bytes(1_000_000), options).cid
        default: return try scratch.resolve(path).cid
        }
    }

    private func expectSame<Content: ContentPieces>(_ make: () throws -> Content) throws {
        var plain = try make()
        var whole = ByteWriter()
        while let piece = try plain.next() { whole.append(piece.bytes) }
        var released = try make()
        var again = ByteWriter()
        while let piece = try released.next() {
            released.release()
            again.append(piece.bytes)
            try expectReadable(piece)
        }
        let expected = whole.finish()
        #expect(again.finish() == expected)
        #expect(!expected.isEmpty)
    }

    private func expectReadable(_ piece: ContentPiece) throws {
        guard let origin = piece.origin else { return }
        let same = try origin.read(from: scratch.access.makeReader())
        #expect(same == piece.bytes)
    }
}
