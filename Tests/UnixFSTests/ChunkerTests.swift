import Buffers
import TestSupport
import Testing
import UnixFS

/// The cuts depend on the bytes and on nothing else.
@Suite(.timeLimit(.minutes(40)))
struct ChunkerTests {
    private static let specifications: [Chunker.Specification] = [
        .fixed(1_000), .fixed(262_144), .buzhash,
        .rabin(minimum: 16, average: 17, maximum: 18),
        .rabin(minimum: 16, average: 64, maximum: 100),
        .rabin(minimum: 36, average: 512, maximum: 1024),
        .rabin(minimum: 87_381, average: 262_144, maximum: 393_216),
    ]

    /// Lengths around every border of the chunkers above, and inputs with short periods.
    private static let inputs: [TestInput] =
        [0, 1, 15, 16, 17, 18, 999, 1_000, 131_071, 131_072, 131_073, 393_217, 550_000].map {
            .stream(seed: "chunker", byteCount: $0)
        }
        + [16, 32, 4096].map { .repeated(seed: "period", period: $0, byteCount: 200_000) }
        + [.zeros(540_000)]

    @Test(arguments: specifications, inputs)
    func theCutsDoNotDependOnHowBytesAreFed(
        specification: Chunker.Specification, input: TestInput
    ) throws {
        let bytes = try input.contents()
        let whole = Self.cuts(bytes, by: specification, feeding: [bytes.count])
        #expect(whole.reduce(0, +) == bytes.count)
        for sizes in [[4095], [1 << 20], [1, 2, 3, 31, 32, 33, 15, 16, 17, 100_000]] {
            #expect(Self.cuts(bytes, by: specification, feeding: sizes) == whole, "fed \(sizes)")
        }
    }

    @Test(arguments: specifications)
    func theCutsDoNotDependOnFeedingSingleBytes(specification: Chunker.Specification) throws {
        let bytes = try TestInput.stream(seed: "single", byteCount: 300_000).contents()
        #expect(
            Self.cuts(bytes, by: specification, feeding: [1])
                == Self.cuts(bytes, by: specification, feeding: [bytes.count]))
    }

    @Test(arguments: specifications)
    func theChunksPutTogetherAreTheInput(specification: Chunker.Specification) throws {
        let bytes = try TestInput.stream(seed: "together", byteCount: 900_001).contents()
        var chunker = Chunker(specification)
        var joined = ByteWriter()
        var rest = bytes
        while !rest.isEmpty {
            chunker.feed(rest.prefix(65_537))
            rest = rest.dropFirst(65_537)
            while let chunk = chunker.next() { joined.append(chunk) }
        }
        if let chunk = chunker.finish() { joined.append(chunk) }
        let result = joined.finish()
        #expect(result == bytes)
    }

    @Test func chunkLengthsStayWithinTheLimits() throws {
        let bytes = try TestInput.stream(seed: "limits", byteCount: 3_000_000).contents()
        let rabin = Self.cuts(
            bytes, by: .rabin(minimum: 20_000, average: 40_000, maximum: 60_000),
            feeding: [100_000])
        #expect(rabin.dropLast().allSatisfy { 20_000...60_000 ~= $0 })
        #expect(Set(rabin).count > 10)
        let buzhash = Self.cuts(bytes, by: .buzhash, feeding: [100_000])
        #expect(buzhash.dropLast().allSatisfy { 131_072...524_288 ~= $0 })
    }

    @Test(arguments: [Chunker.Specification.fixed(1), .buzhash, specifications[6]])
    func anEmptyInputHasNoChunks(specification: Chunker.Specification) {
        var chunker = Chunker(specification)
        #expect(chunker.next() == nil)
        chunker.feed(.empty)
        #expect(chunker.next() == nil)
        #expect(chunker.finish() == nil)
    }

    /// Follows the specification word by word, byte by byte: an oracle without any cleverness.
    @Test(arguments: [(16, 17, 18), (16, 64, 100), (36, 512, 1024), (1000, 4096, 9000)])
    func rabinCutsWhereTheSpecificationSays(minimum: Int, average: Int, maximum: Int) throws {
        let bytes = try TestInput.stream(seed: "oracle", byteCount: 15_000).contents()
        #expect(
            Self.cuts(
                bytes, by: .rabin(minimum: minimum, average: average, maximum: maximum),
                feeding: [7_777])
                == RabinOracle.cuts(bytes.array, minimum, average, maximum))
    }

    private static func cuts(
        _ bytes: Bytes, by specification: Chunker.Specification, feeding sizes: [Int]
    ) -> [Int] {
        var chunker = Chunker(specification)
        var counts: [Int] = []
        var rest = bytes
        var turn = 0
        while !rest.isEmpty {
            let count = sizes[turn % sizes.count]
            chunker.feed(rest.prefix(count))
            rest = rest.dropFirst(count)
            turn += 1
            while let chunk = chunker.next() { counts.append(chunk.count) }
        }
        if let chunk = chunker.finish() { counts.append(chunk.count) }
        return counts
    }
}

/// The rule of `rabin` (boxo, `chunker/rabin.go`) without tables.
private enum RabinOracle {
    private static let polynomial: UInt128 = 0x3D_F305_DFB2_A805

    static func cuts(_ bytes: [UInt8], _ minimum: Int, _ average: Int, _ maximum: Int) -> [Int] {
        var counts: [Int] = []
        var start = 0
        let mask = UInt128(1) << UInt128(63 - UInt64(average).leadingZeroBitCount) - 1
        while start < bytes.count {
            var length = 1
            while start + length < bytes.count, length < maximum {
                if length >= minimum {
                    let window = bytes[start + length - 16..<start + length]
                    if digest(window) & mask == 0 { break }
                }
                length += 1
            }
            counts.append(length)
            start += length
        }
        return counts
    }

    /// The remainder of the window as a polynomial.
    private static func digest(_ window: ArraySlice<UInt8>) -> UInt128 {
        window.reduce(UInt128(0)) { digest, byte in
            var value = digest << 8 | UInt128(byte)
            for bit in stride(from: 127, through: 53, by: -1) where value >> bit & 1 == 1 {
                value ^= polynomial << UInt128(bit - 53)
            }
            return value
        }
    }
}
