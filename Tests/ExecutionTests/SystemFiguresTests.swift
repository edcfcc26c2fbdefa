import Buffers
import Glibc
import Testing

@testable import Execution

/// Figures of the system that no system should give do not end the process.
@Suite(.timeLimit(.minutes(40)))
struct SystemFiguresTests {
    @Test(
        arguments: [
            (0, 4_096, 0), (5, 4_096, 20_480), (5, 0, 0), (1 << 50, 1 << 20, .max),
            (1 << 51, 1 << 12, 1 << 63), (UInt64.max >> 1, 1, UInt64.max >> 1),
            (UInt64.max >> 1, .max, .max),
            // Below zero, as `df` shows it.
            (.max, 4_096, 0), (.max - 100, 1, 0), (1 << 63, .max, 0),
        ] as [(UInt64, UInt64, UInt64)])
    func freeSpaceIsWhatThereIs(_ count: UInt64, _ blockByteCount: UInt64, _ expected: UInt64) {
        #expect(File.byteCount(ofFreeBlocks: count, of: blockByteCount) == expected)
    }

    @Test(
        arguments: [
            ("max 100000\n", nil), ("100000 100000\n", 1), ("150000 100000\n", 2),
            ("1 100000\n", 1),
            ("9223372036854775807 100000\n", 92_233_720_368_548), ("1 0\n", nil), ("", nil),
            ("9223372036854775807 9223372036854775807\n", 1),
        ] as [(String, Int?)])
    func aQuotaIsRoundedUp(_ text: String, _ expected: Int?) {
        #expect(ProcessorCount.quota(in: text) == expected)
    }

    @Test(arguments: [(-1, 0), (7, 7), (1_000_000_000, 999_999_999), (.max, 999_999_999)])
    func theTimeOfAFileIsOne(_ nanoseconds: Int, _ expected: UInt32) {
        var raw = stat()
        raw.st_mtim.tv_nsec = nanoseconds
        raw.st_ctim.tv_nsec = nanoseconds
        let status = FileStatus(raw)
        #expect(status.modified == WallTime(seconds: 0, nanoseconds: expected))
        #expect(status.statusChanged == status.modified)
    }

    @Test(
        arguments: [
            ("9 5 2 1 0 3 0\n", 20_480, 12_288), ("9 2 5 1 0 3 0\n", 8_192, 0), ("9 5\n", nil, nil),
            ("", nil, nil), ("9 x 2 1", nil, nil), ("9 9999999999999999 2 1", nil, nil),
        ] as [(String, UInt64?, UInt64?)])
    func theMemoryOfTheProcessIsReadOrNotKnown(_ text: String, _ resident: UInt64?, _ own: UInt64?)
    {
        let figures = MemoryFigures(Bytes(utf8: text), pageByteCount: 4_096)
        #expect(figures?.resident == resident)
        #expect(figures?.own == own)
    }
}
