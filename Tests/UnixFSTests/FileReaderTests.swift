import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS

/// Reading files, whole and in ranges.
@Suite(.timeLimit(.minutes(40)))
struct FileReaderTests {
    private static let contents = TestInput.stream(seed: "reader", byteCount: 10_000)

    private static let shapes: [[String]] = [
        ["--chunker=size-100", "--max-file-links=3"],
        ["--chunker=size-100", "--max-file-links=3", "--cid-version=1"],
        ["--chunker=size-64", "--max-file-links=2", "--trickle"],
        ["--chunker=size-100", "--max-file-links=5", "--trickle", "--raw-leaves"],
        ["--chunker=rabin-16-64-100", "--inline", "--inline-limit=60"],
        [],
        ["--cid-version=1"],
    ]

    @Test(arguments: shapes)
    func everyRangeGivesItsBytes(flags: [String]) throws {
        let (root, blocks) = try Self.add(Self.contents, flags)
        let contents = try Self.contents.contents()
        var reader = try FileReader(root: root, from: blocks)
        var random = SeededRandom(seed: 7)
        for turn in 0..<150 {
            let lower = turn == 0 ? 0 : random.below(10_001)
            let upper = turn == 0 ? 10_000 : lower + random.below(turn % 2 == 0 ? 50 : 10_001)
            reader.read(UInt64(lower)..<UInt64(upper))
            let expected = contents[lower..<min(upper, 10_000)]
            #expect(try Self.readAll(&reader, blocks) == expected, "\(lower)..<\(upper)")
        }
    }

    @Test(arguments: shapes.prefix(4))
    func blocksOutsideOfTheRangeAreNotNeeded(flags: [String]) throws {
        let (root, blocks) = try Self.add(Self.contents, flags)
        var reader = try FileReader(root: root, from: blocks)
        reader.read(5_000..<5_001)
        let before = blocks.asked.count
        _ = try Self.readAll(&reader, blocks)
        let needed = Set(blocks.asked.dropFirst(before))
        reader.read(0..<10_000)
        _ = try Self.readAll(&reader, blocks)
        for cid in Set(blocks.asked).subtracting(needed) where cid != root { blocks.remove(cid) }
        reader.read(5_000..<5_001)
        #expect(try Self.readAll(&reader, blocks) == (try Self.contents.contents())[5_000..<5_001])
        reader.read(4_000..<6_000)
        #expect(throws: MissingBlock.self) { try Self.readAll(&reader, blocks) }
    }

    /// The nodes between the root and its bytes are in the CIDs of its links: the root is read once,
    /// not once for each of them.
    @Test func aRootOfManyNodesInCIDsIsReadOnce() throws {
        let blocks = MemoryBlocks()
        let leaf = CID.v1(.raw, Multihash(code: .identity, digest: Bytes(utf8: "a")))
        let inner = Self.file([leaf], [1])
        let node = CID.v1(.dagPB, Multihash(code: .identity, digest: inner))
        let count = 2_000
        let root = try blocks.store(
            Self.file([CID](repeating: node, count: count), [UInt64](repeating: 1, count: count)))
        var reader = try FileReader(root: root, from: blocks)
        #expect(try Self.readAll(&reader, blocks).count == count)
        #expect(blocks.asked.count { $0 == root } == 1)
        reader.read(10..<20)
        #expect(try Self.readAll(&reader, blocks).count == 10)
    }

    /// Of a part that is said to be empty and is not, bytes would be left out without a word.
    @Test func aPartThatIsSaidToBeEmptyIsLookedAt() throws {
        let blocks = MemoryBlocks()
        let full = try blocks.store(Bytes(utf8: "full"), .raw)
        let none = try blocks.store(.empty, .raw)
        let missing = CID.v1(.raw, Multihash(code: .sha2_256, inline32: (1, 2, 3, 4)))
        for (part, isFine) in [(full, false), (none, true), (missing, false)] {
            let root = try blocks.store(Self.file([part, full], [0, 4]))
            var reader = try FileReader(root: root, from: blocks)
            let bytes = try? Self.readAll(&reader, blocks)
            #expect((bytes != nil) == isFine)
        }
    }

    /// Who goes from part to part, as Kubo does with a part of a CAR, opens those without a byte, too.
    @Test func emptyPartsInsideOfARangeAreBlocksOfIt() throws {
        let blocks = MemoryBlocks()
        let parts = try (0..<3).map { try blocks.store(Bytes(utf8: "\($0)\($0)"), .raw) }
        let empty = try blocks.store(Self.file([], []))
        let raw = try blocks.store(.empty, .raw)
        let root = try blocks.store(
            Self.file(
                [empty, parts[0], raw, parts[1], empty, parts[2], raw], [0, 2, 0, 2, 0, 2, 0]))
        let cases: [(range: Range<UInt64>, wanted: [CID])] = [
            (0..<6, [empty, parts[0], raw, parts[1], empty, parts[2], raw]),
            (0..<5, [empty, parts[0], raw, parts[1], empty, parts[2]]),
            (1..<4, [parts[0], raw, parts[1]]), (2..<4, [raw, parts[1]]),
            (3..<5, [parts[1], empty, parts[2]]), (4..<6, [empty, parts[2], raw]),
            (5..<6, [parts[2], raw]),
        ]
        for (range, wanted) in cases {
            var reader = try FileReader(root: root, from: blocks)
            reader.read(range)
            var given: [CID] = []
            while let next = try reader.nextBlock(from: blocks, passesEmptyParts: false) {
                given.append(next.block.cid)
            }
            #expect(given == [root] + wanted, "\(range)")
            reader.read(range)
            #expect(try Self.readAll(&reader, blocks).count == range.count)
        }
    }

    /// Also where nothing else is in the file, and where nobody asks on after its last byte.
    @Test func emptyPartsAreLookedAtBeforeTheLastByteIsGiven() throws {
        let blocks = MemoryBlocks()
        let full = try blocks.store(Bytes(utf8: "full"), .raw)
        let none = try blocks.store(.empty, .raw)
        let inner = try blocks.store(Self.file([full, none], [4, 0]))
        let hollow = try blocks.store(Self.file([none, full], [0, 0]))
        let missing = CID.v1(.raw, Multihash(code: .sha2_256, inline32: (1, 2, 3, 4)))
        let nothing = try blocks.store(Self.file([none], [0]))
        let cases: [(parts: [CID], sizes: [UInt64], isFine: Bool)] = [
            ([full], [0], false), ([none, full], [0, 0], false), ([hollow], [0], false),
            ([missing], [0], false), ([none, none, nothing], [0, 0, 0], true),
            ([full, full], [4, 0], false), ([full, none], [4, 0], true),
            ([inner, hollow], [4, 0], false), ([inner, nothing, none], [4, 0, 0], true),
            ([inner, inner], [4, 4], true),
        ]
        for (parts, sizes, isFine) in cases {
            let root = try blocks.store(Self.file(parts, sizes))
            var reader = try FileReader(root: root, from: blocks)
            let size = Int(reader.size)
            var (count, hasFailed) = (0, false)
            do {
                while count < size || size == 0, let piece = try reader.next(from: blocks) {
                    count += piece.bytes.count
                }
            } catch {
                hasFailed = true
            }
            #expect(hasFailed == !isFine, "\(sizes)")
            #expect((count == size) == (isFine || size == 0), "\(sizes)")
        }
    }

    /// A part that is not as empty as it is said to be moves what stands behind it: no range is told wrong.
    @Test func emptyPartsOfARangeAreLookedAtToo() throws {
        let blocks = MemoryBlocks()
        let (full, none) = (
            try blocks.store(Bytes(utf8: "full"), .raw), try blocks.store(.empty, .raw)
        )
        let inner = try blocks.store(Self.file([full, full], [0, 4]))
        let cases: [(parts: [CID], sizes: [UInt64], range: Range<UInt64>, isFine: Bool)] = [
            ([full, full, full], [4, 0, 4], 2..<6, false),
            ([full, full, full], [4, 0, 4], 4..<6, false),
            ([full, full, full], [4, 0, 4], 2..<4, true),
            ([full, full, full], [4, 0, 4], 5..<8, true),
            ([full, none, full], [4, 0, 4], 2..<6, true),
            ([full, full], [4, 0], 2..<4, false), ([full, full], [4, 0], 2..<3, true),
            ([full, none], [4, 0], 2..<4, true), ([inner], [4], 0..<2, false),
            ([full], [0], 0..<0, false),
        ]
        for (parts, sizes, range, isFine) in cases {
            let root = try blocks.store(Self.file(parts, sizes))
            var reader = try FileReader(root: root, from: blocks)
            reader.read(range)
            do {
                #expect(try Self.readAll(&reader, blocks).count == range.count)
                #expect(isFine, "\(sizes) \(range)")
            } catch {
                #expect(!isFine, "\(sizes) \(range)")
            }
            reader.read(range, checksEmptyParts: false)
            #expect(try Self.readAll(&reader, blocks).count == range.count)
        }
    }

    /// The look behind the last byte costs nothing where there is nothing behind it.
    @Test func aWholeFileOfManyLevelsIsReadOnce() throws {
        let blocks = MemoryBlocks()
        let leaves = try (0..<8).map { try blocks.store(Bytes(utf8: "\($0)"), .raw) }
        let inner = try (0..<4).map {
            try blocks.store(Self.file(Array(leaves[2 * $0..<2 * $0 + 2]), [1, 1]))
        }
        let outer = try (0..<2).map {
            try blocks.store(Self.file(Array(inner[2 * $0..<2 * $0 + 2]), [2, 2]))
        }
        let root = try blocks.store(Self.file(outer, [4, 4]))
        var reader = try FileReader(root: root, from: blocks)
        #expect(try Self.readAll(&reader, blocks) == Bytes(utf8: "01234567"))
        #expect(leaves.allSatisfy { leaf in blocks.asked.count { $0 == leaf } == 1 })
        // Nodes with a part behind that which was entered are asked for again when it has ended; those
        // on the way to the last byte are not.
        #expect(blocks.asked.last == leaves[7])
        #expect(blocks.asked.count { $0 == outer[1] } == 2)
    }

    /// Whoever counts the memory of blocks counts one at a time.
    @Test func theLastLeafIsNotHeldWhileWhatIsBehindItIsRead() throws {
        let blocks = MemoryBlocks()
        let full = try blocks.store(Bytes(utf8: "full"), .raw)
        let none = try blocks.store(.empty, .raw)
        let inner = try blocks.store(Self.file([full], [4]))
        let nothing = try blocks.store(Self.file([none, none], [0, 0]))
        for parts in [[inner, nothing, none], [full, none], [full, nothing]] {
            let root = try blocks.store(Self.file(parts, Array([4, 0, 0].prefix(parts.count))))
            let source = WatchedBlocks(blocks)
            var reader = try FileReader(root: root, from: source)
            #expect(try reader.next(from: source)?.bytes == Bytes(utf8: "full"))
            #expect(source.held[none]?.contains(full) == false)
            #expect(try reader.next(from: source) == nil)
        }
    }

    private static func file(_ parts: [CID], _ sizes: [UInt64]) -> Bytes {
        var message = UnixFSData(type: .file)
        message.blockSizes = sizes
        message.fileSize = sizes.reduce(0, +)
        return DagPBNode(
            links: parts.map { DagPBLink(cid: $0, nameBytes: .empty, tsize: 1) },
            data: message.encode()
        ).encode()
    }

    @Test(arguments: shapes.prefix(4))
    func theBlocksThatComeNextAreKnown(flags: [String]) throws {
        let (root, blocks) = try Self.add(Self.contents, flags)
        var reader = try FileReader(root: root, from: blocks)
        reader.read(1_000..<9_000)
        var known = 0
        while true {
            let ahead = reader.upcoming(limit: 3)
            let before = Set(blocks.asked)
            let count = blocks.asked.count
            guard try reader.next(from: blocks) != nil else {
                #expect(ahead.isEmpty)
                break
            }
            // A node whose turn comes again after one of its children is read again, and only then
            // is known what follows.
            guard let first = ahead.first else { continue }
            let asked = blocks.asked.dropFirst(count)
            #expect(asked.first { $0 == first || !before.contains($0) } == first)
            known += 1
        }
        #expect(known > 1)
    }

    /// Parts that are said to be empty come before each block, as many as there are.
    @Test(arguments: [10, 1_000])
    func fewEmptyPartsAreLookedAtForWhatComesNext(count: Int) throws {
        let blocks = MemoryBlocks()
        let part = CID.v1(.raw, Multihash(code: .identity, digest: [1]))
        let parts = [CID](repeating: part, count: count + 1)
        let root = try blocks.store(
            Self.file(parts, [UInt64](repeating: 0, count: count) + [1]), .dagPB)
        let reader = try FileReader(root: root, from: blocks)
        #expect(reader.upcoming(limit: 3).count == (count > 3 * 4 ? 0 : 1))
    }

    @Test func aRangeBehindTheEndIsEmpty() throws {
        let (root, blocks) = try Self.add(Self.contents, [])
        var reader = try FileReader(root: root, from: blocks)
        reader.read(10_000..<20_000)
        #expect(try reader.next(from: blocks) == nil)
        #expect(reader.upcoming(limit: 3).isEmpty)
    }

    @Test func dataInInnerNodesComesBeforeTheChildren() throws {
        let blocks = MemoryBlocks()
        let leaf = try blocks.store(Bytes(utf8: "world"), .raw)
        let root = try blocks.store(
            file(data: "hello ", parts: [(leaf, 5)], name: nil, tsize: nil))
        var reader = try FileReader(root: root, from: blocks)
        #expect(reader.size == 11)
        #expect(try Self.readAll(&reader, blocks) == Bytes(utf8: "hello world"))
        reader.read(4..<8)
        #expect(try Self.readAll(&reader, blocks) == Bytes(utf8: "o wo"))
    }

    @Test func leavesOfTypeRawAndWithoutASizeAreRead() throws {
        let blocks = MemoryBlocks()
        var message = UnixFSData(type: .raw)
        message.data = Bytes(utf8: "abc")
        let leaf = try blocks.store(DagPBNode(links: [], data: message.encode()).encode())
        let root = try blocks.store(file(data: "", parts: [(leaf, 3), (leaf, 3)]))
        var reader = try FileReader(root: root, from: blocks)
        #expect(try Self.readAll(&reader, blocks) == Bytes(utf8: "abcabc"))
    }

    @Test func directoriesAndSymlinksAreNoFiles() throws {
        let blocks = MemoryBlocks()
        for block in [
            DagPBNode(links: [], data: UnixFSData(type: .directory).encode()).encode(),
            Symlink.encode(target: Bytes(utf8: "x")),
        ] {
            let cid = try blocks.store(block)
            let error = #expect(throws: UnixFSError.self) {
                try FileReader(root: cid, from: blocks)
            }
            #expect(error?.code == .notAFile)
        }
    }

    @Test(arguments: ["size", "count", "name", "sum", "overflow", "no data", "codec"])
    func aFileThatBreaksTheRulesIsRefused(how: String) throws {
        let blocks = MemoryBlocks()
        let leaf = try blocks.store(Bytes(utf8: "12345"), .raw)
        var root = file(data: "", parts: [(leaf, 5)])
        var codec = Multicodec.dagPB
        switch how {
        case "size": root = file(data: "", parts: [(leaf, 6)])
        case "count": root = file(data: "", parts: [(leaf, 5)], sizes: [5, 5])
        case "name": root = file(data: "", parts: [(leaf, 5)], name: Bytes(utf8: "n"))
        case "sum": root = file(data: "", parts: [(leaf, 5)], fileSize: 4)
        case "overflow": root = file(data: "", parts: [(leaf, .max), (leaf, 5)], fileSize: 4)
        case "no data": root = DagPBNode(links: [], data: nil).encode()
        default: codec = .dagCBOR
        }
        let cid = try blocks.store(root, codec)
        let error = #expect(throws: UnixFSError.self) {
            var reader = try FileReader(root: cid, from: blocks)
            _ = try Self.readAll(&reader, blocks)
        }
        #expect(error?.code == (["no data", "codec"].contains(how) ? .notUnixFS : .malformed))
        #expect(error?.message.contains(how == "size" ? leaf.text() : cid.text()) == true)
    }

    @Test func aFileOfTooManyLevelsIsRefused() throws {
        let blocks = MemoryBlocks()
        var cid = try blocks.store(Bytes(utf8: "1"), .raw)
        for level in 1...65 {
            cid = try blocks.store(file(data: "", parts: [(cid, 1)]))
            var reader = try FileReader(root: cid, from: blocks)
            if level <= 64 {
                #expect(try Self.readAll(&reader, blocks) == Bytes(utf8: "1"))
            } else {
                let error = #expect(throws: UnixFSError.self) {
                    try Self.readAll(&reader, blocks)
                }
                #expect(error?.code == .tooDeep)
            }
        }
    }

    private func file(
        data: String, parts: [(CID, UInt64)], sizes: [UInt64]? = nil, name: Bytes? = .empty,
        tsize: UInt64? = 1, fileSize: UInt64? = nil
    ) -> Bytes {
        var message = UnixFSData(type: .file)
        message.data = Bytes(utf8: data)
        message.blockSizes = sizes ?? parts.map(\.1)
        message.fileSize = fileSize
        let links = parts.map { DagPBLink(cid: $0.0, nameBytes: name, tsize: tsize) }
        return DagPBNode(links: links, data: message.encode()).encode()
    }

    private static func add(_ input: TestInput, _ flags: [String]) throws -> (CID, MemoryBlocks) {
        var request = ImportRequest()
        for flag in flags { try request.set(flag) }
        let importer = try TestImporter(try .resolve(from: request))
        return (try importer.file(input).cid, importer.blocks)
    }

    private static func readAll(_ reader: inout FileReader, _ blocks: MemoryBlocks) throws -> Bytes
    {
        var writer = ByteWriter()
        while let piece = try reader.next(from: blocks) {
            #expect(!piece.bytes.isEmpty)
            writer.append(piece.bytes)
        }
        return writer.finish()
    }
}
