import Buffers
import TestSupport
import Testing
import UnixFS

/// The message of UnixFS nodes.
@Suite(.timeLimit(.minutes(20)))
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
        "08 02 42 02 15 01", "08 02 42 00", "08 ff ff ff ff ff ff ff ff ff ff 01",
    ])
    func damagedDataIsRefused(hex: String) {
        let error = #expect(throws: UnixFSError.self) {
            try UnixFSData(decoding: Bytes(hex: hex))
        }
        #expect(error?.code == .malformed)
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
