import Buffers
import TestSupport
import Testing

@testable import Vault

@Suite(.timeLimit(.minutes(40)))
struct CRC32CTests {
    /// RFC 3720, B.4, and the check value that catalogues of checksums have.
    @Test(
        arguments: [
            ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
            ([UInt8](0..<32), 0x46dd_794e), ([UInt8]((0..<32).reversed()), 0x113f_db5c),
            (Array("123456789".utf8), 0xe306_9283), ([], 0),
        ] as [([UInt8], UInt32)])
    func theChecksumIsTheKnownOne(input: [UInt8], expected: UInt32) {
        var checksum = CRC32C()
        checksum.update(Bytes(input))
        #expect(checksum.value == expected)
    }

    @Test func theTableGivesWhatTheInstructionsGive() {
        var random = SeededRandom(seed: 32)
        let lanes = 3 * CRC32C.laneByteCount
        for count in Array(0..<100) + [lanes - 1, lanes, lanes + 1, 5 * lanes + 77] {
            let bytes = random.bytes(count)
            var checksum = CRC32C()
            checksum.update(bytes)
            let byTable = unsafe bytes.withUnsafeBytes { unsafe CRC32C.extend(.max, $0) }
            #expect(~byTable == checksum.value)
        }
    }

    @Test func itGoesOnAcrossPieces() {
        let bytes = Bytes(Array(0..<200))
        var whole = CRC32C()
        whole.update(bytes)
        var first = CRC32C()
        first.update(bytes.prefix(77))
        var second = CRC32C(continuing: first.value)
        second.update(bytes.dropFirst(77))
        #expect(second.value == whole.value)
    }
}
