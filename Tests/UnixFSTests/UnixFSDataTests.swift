import Buffers
import TestSupport
import Testing
import UnixFS

/// The message of UnixFS nodes.
@Suite(.timeLimit(.minutes(40)))
struct UnixFSDataTests {
    @Test func allFieldsComeBack() throws {
        var message = UnixFSData(type: .file)
        message.data = [1, 2, 3]
        message.fileSize = 1 << 40
        message.blockSizes = [0, 1, 1 << 39]
        message.hashType = 0x22
        message.fanout = 256
        message.metadata = UnixFSMetadata(
            mode: 0o7777, mtime: ModificationTime(seconds: -5, nanoseconds: 999_999_999))
        #expect(try UnixFSData(decoding: message.encode()) == message)
    }

    @Test func aNegativeTimeTakesTenBytes() {
        var message = UnixFSData(type: .symlink)
        message.metadata.mtime = ModificationTime(seconds: -5)
        #expect(message.encode().hex == "0804420b08fbffffffffffffffff01")
    }

    @Test func fieldsMayComeInAnyOrderAndPacked() throws {
        // blocksizes packed (1, 2), filesize 3, an unknown field 15, then the type.
        let message = try UnixFSData(decoding: Bytes(hex: "22 02 01 02 18 03 7a 01 ff 08 02"))
        #expect(message.type == .file)
        #expect(message.blockSizes == [1, 2])
        #expect(message.fileSize == 3)
    }

    @Test(arguments: [
        "", "18 00", "08", "08 06", "08 02 12 05 61", "0a 01 02", "08 02 12", "08 02 0b",
        "08 02 42 02 15 01", "08 02 42 00", "08 02 53 54", "08 02 3a 01 78",
        "08 ff ff ff ff ff ff ff ff ff ff 01",
    ])
    func damagedDataIsRefused(hex: String) {
        let error = #expect(throws: UnixFSError.self) {
            try UnixFSData(decoding: Bytes(hex: hex))
        }
        // What begins with a known type is UnixFS, and there may be more of it.
        let isUnixFS = hex.hasPrefix("08 02")
        #expect(error?.code == (isUnixFS ? .malformed : .notUnixFS))
    }

    static let numbers: [UInt64] = [
        0, 1, 2_147_483_648, 4_294_967_296, 4_611_686_018_427_387_903, 4_611_686_018_427_387_904,
        4_611_686_018_427_387_905, 9_223_372_036_854_775_808, UInt64.max,
    ]

    static let seconds: [Int64] = [
        Int64.min, -9_223_372_036_854_775_807, -4_611_686_018_427_387_904, -62_135_596_801,
        -62_135_596_800, -4_294_967_296, -1, 0, 1, 2_147_483_648, 4_294_967_296, 253_402_300_799,
        253_402_300_800, 4_611_686_018_427_387_904, Int64.max,
    ]

    /// A size within 2^62 is read, and every larger one refused, wherever it stands.
    @Test(arguments: numbers)
    func sizesHaveABound(size: UInt64) throws {
        let isBounded = size <= 1 << 62
        var file = UnixFSData(type: .file)
        file.fileSize = size
        #expect(((try? UnixFSData(decoding: file.encode())) == file) == isBounded)
        var part = UnixFSData(type: .file)
        part.blockSizes = [size]
        #expect(((try? UnixFSData(decoding: part.encode())) == part) == isBounded)
        // A single byte more in the sum, as a size or as data.
        part.blockSizes = [size, 1]
        #expect(((try? UnixFSData(decoding: part.encode())) == part) == (size < 1 << 62))
        part.blockSizes = [size]
        part.data = [1]
        #expect(((try? UnixFSData(decoding: part.encode())) == part) == (size < 1 << 62))
        let packed = Self.field(4, packed: [size, 0, size])
        let sum = try? UnixFSDataView(decoding: Self.joined(Bytes(hex: "0802"), packed))
        #expect((sum?.byteCount == size &* 2) == (size <= 1 << 61))
    }

    /// Other numbers are claims that whoever uses them compares with what can be.
    @Test(arguments: numbers)
    func otherNumbersAreReadAsTheyAre(number: UInt64) throws {
        var message = UnixFSData(type: .shard)
        (message.hashType, message.fanout) = (number, number)
        let view = try UnixFSDataView(decoding: message.encode())
        #expect(view.hashType == number && view.fanout == number)
        var writer = ByteWriter()
        writer.append([0x08, 0x02, 0x38])
        Self.append(number, to: &writer)
        let mode = try UnixFSDataView(decoding: writer.finish()).metadata.mode
        // None of the bits is no mode, as none is written.
        let bits = UInt32(truncatingIfNeeded: number) & 0o7777
        #expect(mode == (bits == 0 ? nil : bits))
    }

    /// A time with a date is kept, one without is left out, and the file is read in any case.
    @Test(arguments: seconds)
    func timesHaveADate(seconds: Int64) throws {
        let hasDate = (-62_135_596_800...253_402_300_799).contains(seconds)
        let time = ModificationTime(seconds: seconds, nanoseconds: 5)
        #expect((time != nil) == hasDate)
        let view = try UnixFSDataView(decoding: Self.message(seconds: seconds, nanoseconds: 5))
        #expect(view.metadata.mtime == time)
    }

    @Test(arguments: [0, 1, 999_999_999, 1_000_000_000, 2_147_483_648, UInt32.max])
    func nanosecondsAreLessThanASecond(nanoseconds: UInt32) {
        let isBounded = nanoseconds < 1_000_000_000
        let time = ModificationTime(seconds: 7, nanoseconds: nanoseconds)
        #expect((time != nil) == isBounded)
        let view = try? UnixFSDataView(
            decoding: Self.message(seconds: 7, nanoseconds: nanoseconds))
        #expect((view != nil) == isBounded)
        #expect(view?.metadata.mtime == time)
    }

    /// Sizes packed, unpacked and mixed, between other fields, come one by one as in the list.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func sizesComeOneByOne(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            var writer = ByteWriter()
            var sizes: [UInt64] = []
            writer.append([0x08, 0x02])
            for _ in 0..<random.below(8) {
                let next = (0..<random.below(5)).map { _ in
                    random.next() >> UInt64(8 + random.below(50))
                }
                switch random.below(4) {
                case 0: writer.append([0x7a, 0x02, 0x20, 0x05])
                case 1: writer.append([0x12, 0x01, 0x20])
                case 2:
                    writer.append(Self.field(4, packed: next))
                    sizes += next
                default:
                    for size in next {
                        writer.append(0x20)
                        Self.append(size, to: &writer)
                    }
                    sizes += next
                }
            }
            let message = writer.finish()
            let view = try UnixFSDataView(decoding: message)
            #expect(view.blockSizeCount == sizes.count)
            let sum: UInt64 = sizes.reduce(0, &+)
            #expect(view.byteCount == sum + UInt64(view.data?.count ?? 0))
            var cursor = view.blockSizes()
            for size in sizes { #expect(cursor.next() == size) }
            #expect(cursor.next() == nil)
            #expect(try UnixFSData(decoding: message).blockSizes == sizes)
        }
    }

    private static func message(seconds: Int64, nanoseconds: UInt32) -> Bytes {
        var time = ByteWriter()
        time.append(0x08)
        append(UInt64(bitPattern: seconds), to: &time)
        time.append(0x15)
        time.appendLittleEndian(nanoseconds)
        let inner = time.finish()
        var writer = ByteWriter()
        writer.append([0x08, 0x02, 0x42, UInt8(inner.count)])
        writer.append(inner)
        return writer.finish()
    }

    private static func field(_ number: UInt8, packed values: [UInt64]) -> Bytes {
        var inner = ByteWriter()
        for value in values { append(value, to: &inner) }
        let run = inner.finish()
        var writer = ByteWriter()
        writer.append([number << 3 | 2, UInt8(run.count)])
        writer.append(run)
        return writer.finish()
    }

    private static func joined(_ first: Bytes, _ second: Bytes) -> Bytes {
        Bytes(first.array + second.array)
    }

    private static func append(_ value: UInt64, to writer: inout ByteWriter) {
        var rest = value
        while rest >= 0x80 {
            writer.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        writer.append(UInt8(rest))
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func randomDamageNeverStopsTheProgram(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var message = UnixFSData(type: .shard)
        message.data = random.bytes(20)
        message.blockSizes = [1, 300, 70_000]
        (message.hashType, message.fanout) = (0x22, 256)
        message.metadata = UnixFSMetadata(mode: 0o644, mtime: ModificationTime(seconds: 1))
        let intact = message.encode().array
        for _ in 0..<5_000 {
            var damaged = intact
            for _ in 0...random.below(3) {
                damaged[random.below(damaged.count)] = UInt8(random.below(256))
            }
            damaged.removeLast(random.below(2) * random.below(damaged.count))
            guard let read = try? UnixFSData(decoding: Bytes(damaged)) else { continue }
            #expect(try UnixFSData(decoding: read.encode()).type == read.type, "seed \(seed)")
        }
    }
}
