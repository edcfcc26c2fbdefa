import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct CARTests {
    @Test
    func theFixtureReadsTheSameFromPiecesOfEverySize() throws {
        let bytes = try Fixture.bytes("ipld-codecs/fixtures.car")
        let whole = try Self.read(bytes, pieceCount: bytes.count)
        #expect(whole.blocks.count > 100)
        for pieceCount in [1, 2, 3, 7, 64, 1000, 65536] {
            let parts = try Self.read(bytes, pieceCount: pieceCount)
            #expect(parts.roots == whole.roots)
            #expect(parts.blocks.map(\.cid) == whole.blocks.map(\.cid))
            #expect(parts.blocks.map(\.bytes) == whole.blocks.map(\.bytes), "\(pieceCount)")
        }
    }

    @Test
    func theFixtureIsWrittenBackToTheSameBytes() throws {
        let bytes = try Fixture.bytes("ipld-codecs/fixtures.car")
        let car = try Self.read(bytes, pieceCount: bytes.count)
        #expect(Self.write(roots: car.roots, car.blocks) == bytes)
    }

    @Test(arguments: [0, 1, 2, 30, 300])
    func anyNumberOfRootsComesBack(count: Int) throws {
        var random = SeededRandom(seed: 51)
        let roots = (0..<count).map { _ in Self.randomBlock(&random).cid }
        let car = try Self.read(CARWriter.header(roots: roots), pieceCount: 10)
        #expect(car.roots == roots)
        #expect(car.blocks.isEmpty)
    }

    @Test(arguments: [0, 1, 29, 1000])
    func version2IsReadForward(gap: Int) throws {
        var random = SeededRandom(seed: 52)
        let blocks = (0..<20).map { _ in Self.randomBlock(&random) }
        let inner = Self.write(roots: [blocks[0].cid], blocks)
        let outer = Self.version2(inner, gap: gap, index: random.bytes(500))
        for pieceCount in [1, 13, 100, outer.count] {
            let car = try Self.read(outer, pieceCount: pieceCount)
            #expect(car.version == 2)
            #expect(car.roots == [blocks[0].cid])
            #expect(car.blocks.map(\.bytes) == blocks.map(\.bytes))
        }
        let cut = outer.prefix(51 + gap + inner.count - 1)
        #expect(throws: CARError(.truncated, "unexpected EOF")) {
            try Self.read(cut, pieceCount: 64)
        }
    }

    @Test
    func everyCutIsEitherAWholeCARorTruncated() throws {
        var random = SeededRandom(seed: 53)
        let blocks = (0..<3).map { _ in Self.randomBlock(&random) }
        let bytes = Self.write(roots: [blocks[0].cid], blocks)
        var ends: Set<Int> = [CARWriter.header(roots: [blocks[0].cid]).count]
        for count in 1...3 {
            ends.insert(Self.write(roots: [blocks[0].cid], Array(blocks.prefix(count))).count)
        }
        for count in 0...bytes.count {
            if ends.contains(count) {
                #expect(throws: Never.self) { try Self.read(bytes.prefix(count), pieceCount: 7) }
            } else {
                #expect(throws: CARError(.truncated, "unexpected EOF")) {
                    try Self.read(bytes.prefix(count), pieceCount: 7)
                }
            }
        }
    }

    @Test(arguments: [
        ("00", "a header of nothing"), ("01a0", "no version"), ("01ff", "no CBOR"),
        ("0aa16776657273696f6e01", "no roots"), ("0aa16776657273696f6e03", "version 3"),
        ("11a265726f6f7473806776657273696f6e0100", "an empty section"),
        ("11a265726f6f7473806776657273696f6e010101", "a section without a CID"),
        ("11a265726f6f7473806776657273696f6e018100", "a length that is too long"),
        ("11a265726f6f7473806776657273696f6e01ffffffff7f", "a section of 32 GiB"),
        ("ffffffff7f", "a header of 32 GiB"), ("12a265726f6f747381016776657273696f6e01", "no link"),
        ("0aa16776657273696f6e02" + String(repeating: "00", count: 40), "data inside the header"),
        ("0aa16776657273696f6e02" + String(repeating: "ff", count: 40), "an endless file"),
    ])
    func brokenFilesAreRefused(hex: String, why: String) throws {
        let bytes = try Bytes(hex: hex)
        #expect(throws: CARError.self, "\(why)") { try Self.read(bytes, pieceCount: 3) }
    }

    @Test
    func headersMayHaveOtherFields() throws {
        // {"x": {"roots": 1, "version": [2]}, "roots": [], "version": 1}
        let header = try Bytes(
            hex: "a3 6178 a2 65726f6f7473 01 6776657273696f6e 8102 65726f6f7473 80"
                + "6776657273696f6e 01")
        let car = try Self.read(Bytes([UInt8(header.count)] + header.array), pieceCount: 5)
        #expect(car.roots.isEmpty && car.blocks.isEmpty)
    }

    /// One reader would take the first of two values and another one the last.
    @Test(arguments: [
        ("a3 65726f6f7473 80 65726f6f7473 80 6776657273696f6e 01", "roots"),
        ("a3 65726f6f7473 80 6776657273696f6e 01 65726f6f7473 05", "roots"),
        ("a3 65726f6f7473 80 6776657273696f6e 01 6776657273696f6e 01", "version"),
        ("a2 6776657273696f6e 02 6776657273696f6e 03", "version"),
    ])
    func headersThatSayTwoThingsAreRefused(hex: String, key: String) throws {
        #expect(
            throws: CARError(.header, "invalid header: the key \"\(key)\" is there twice")
        ) { try Self.readHeader(hex) }
    }

    @Test
    func aVersionIsANumber() throws {
        #expect(throws: CARError(.header, "invalid header: the version is no integer")) {
            try Self.readHeader("a2 65726f6f7473 80 6776657273696f6e 6131")
        }
    }

    @Test(arguments: [
        ("20", "-1"), ("3bffffffffffffffff", "-18446744073709551616"), ("00", "0"), ("03", "3"),
        ("1bffffffffffffffff", "18446744073709551615"),
    ])
    func aVersionThatIsNoneIsToldAsItIs(hex: String, number: String) throws {
        #expect(throws: CARError(.header, "invalid car version: " + number)) {
            try Self.readHeader("a2 65726f6f7473 80 6776657273696f6e " + hex)
        }
    }

    private static func readHeader(_ hex: String) throws -> Content {
        let header = try Bytes(hex: hex)
        return try read(Bytes([UInt8(header.count)] + header.array), pieceCount: 5)
    }

    @Test(arguments: [0, 1, 20_000, Limits.carRootsMax, Limits.carRootsMax + 1, 130_000])
    func rootsHaveALimit(count: Int) throws {
        let root = try CID(parsing: "bafkqaaa")
        let header = CARWriter.header(roots: Array(repeating: root, count: count))
        guard count > Limits.carRootsMax else {
            #expect(try Self.read(header, pieceCount: 1 << 20).roots.count == count)
            return
        }
        let error = #expect(throws: CARError.self) { try Self.read(header, pieceCount: 1 << 20) }
        #expect(error?.code == .header || error?.code == .tooLarge)
    }

    @Test
    func whatIsHeldIsCounted() throws {
        var random = SeededRandom(seed: 9)
        let block = Self.randomBlock(&random)
        let bytes = Self.write(roots: [block.cid], [block])
        var reader = CARReader()
        var most = 0
        for place in 0..<bytes.count {
            reader.feed(bytes[place..<place + 1])
            while try reader.next() != nil {}
            most = max(most, reader.heldByteCount)
        }
        #expect(most >= block.bytes.count && most < bytes.count)
        #expect(reader.heldByteCount == 0)
    }

    @Test
    func version2InsideVersion2IsRefused() throws {
        let inner = Self.version2(Self.write(roots: [], []), gap: 0, index: .empty)
        let outer = Self.version2(inner, gap: 0, index: .empty)
        #expect(throws: CARError.self) { try Self.read(outer, pieceCount: 64) }
    }

    @Test
    func sectionsHaveALimit() throws {
        var random = SeededRandom(seed: 54)
        let block = Self.randomBlock(&random, count: 1000)
        let bytes = Self.write(roots: [], [block])
        #expect(try Self.read(bytes, pieceCount: 64, limit: 1036).blocks.count == 1)
        let error = #expect(throws: CARError.self) {
            try Self.read(bytes, pieceCount: 64, limit: 1035)
        }
        #expect(error?.code == .tooLarge)
    }

    @Test
    func changedFilesNeverTrap() {
        var random = SeededRandom(seed: 55)
        let blocks = (0..<4).map { _ in Self.randomBlock(&random) }
        let one = Self.write(roots: [blocks[0].cid], blocks)
        let two = Self.version2(one, gap: 5, index: random.bytes(40))
        for bytes in [one.array, two.array] {
            for _ in 0..<2000 {
                var changed = bytes
                changed[random.below(bytes.count)] = UInt8(random.below(256))
                _ = try? Self.read(Bytes(changed), pieceCount: 1 + random.below(50))
            }
        }
    }

    private struct Content {
        var version: UInt64 = 0
        var roots: [CID] = []
        var blocks: [Block] = []
    }

    private static func read(
        _ bytes: Bytes, pieceCount: Int, limit: Int = Limits.carSectionBytesMax
    ) throws -> Content {
        var content = Content()
        var reader = CARReader(sectionBytesMax: limit)
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + pieceCount, bytes.count)
            reader.feed(bytes[offset..<end])
            offset = end
            while let event = try reader.next() {
                switch event {
                case .header(let version, let roots):
                    content.version = version
                    content.roots = roots
                case .block(let block): content.blocks.append(block)
                }
            }
        }
        try reader.finish()
        return content
    }

    private static func write(roots: [CID], _ blocks: [Block]) -> Bytes {
        var writer = ByteWriter()
        writer.append(CARWriter.header(roots: roots))
        for block in blocks {
            writer.append(CARWriter.sectionHead(cid: block.cid, payloadCount: block.bytes.count))
            writer.append(block.bytes)
        }
        return writer.finish()
    }

    private static func version2(_ inner: Bytes, gap: Int, index: Bytes) -> Bytes {
        var writer = ByteWriter()
        writer.append([0x0a, 0xa1, 0x67])
        writer.append(utf8: "version")
        writer.append(0x02)
        writer.append([UInt8](repeating: 0, count: 16))
        writer.appendLittleEndian(UInt64(51 + gap))
        writer.appendLittleEndian(UInt64(inner.count))
        writer.appendLittleEndian(UInt64(51 + gap + inner.count))
        writer.append([UInt8](repeating: 0, count: gap))
        writer.append(inner)
        writer.append(index)
        return writer.finish()
    }

    private static func randomBlock(_ random: inout SeededRandom, count: Int? = nil) -> Block {
        let multihash = Multihash(code: .sha2_256, digest: random.bytes(32))
        return Block(cid: .v1(.raw, multihash), bytes: random.bytes(count ?? random.below(300)))
    }
}
