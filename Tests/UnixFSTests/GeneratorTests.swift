import Buffers
import TestSupport
import Testing
import Vault

/// The generators of test data against known answers: before any CID means anything.
@Suite(.timeLimit(.minutes(40)))
struct GeneratorTests {
    @Test func chacha20GivesTheKeyStreamOfTheSpecification() {
        // RFC 8439, appendix A.1, test vectors 1 and 2: an all-zero key, blocks 0 and 1.
        var stream = ChaCha20(key: Bytes([UInt8](repeating: 0, count: 32)))
        #expect(stream.next(64).hex.hasPrefix("76b8e0ada0f13d90405d6ae55386bd28"))
        #expect(stream.next(64).hex.hasPrefix("9f07e7be5551387a98ba977c732d080d"))
    }

    @Test(arguments: answers("chacha20"))
    func chacha20GivesTheKnownFirstBytes(seed: String, hex: String) throws {
        #expect(try TestInput.stream(seed: seed, byteCount: 32).contents().hex == hex)
    }

    @Test(arguments: answers("go-random-data"))
    func randomDataGivesTheKnownFirstBytes(seed: String, hex: String) throws {
        #expect(try TestInput.randomData(seed: seed, byteCount: 32).contents().hex == hex)
    }

    @Test(arguments: answers("chacha8-raw-seed"))
    func chacha8GivesTheKnownFirstBytes(seed: String, hex: String) throws {
        let input = TestInput.go(seed: Bytes(utf8: seed), byteCount: 32)
        #expect(try input.contents().hex == hex)
    }

    @Test func chacha8StartsAgainWithANewKeyAfterABatch() {
        // C2SP chacha8rand: 992 bytes of a batch are given out; asking in other pieces changes nothing.
        let seed = Bytes(utf8: "ABCDEFGHIJKLMNOPQRSTUVWXYZ123456")
        var (whole, pieces) = (ChaCha8(seed: seed), ChaCha8(seed: seed))
        var joined = ByteWriter()
        for _ in 0..<30 { joined.append(pieces.next(100)) }
        let expected = joined.finish()
        #expect(whole.next(3000) == expected)
    }

    @Test(arguments: KuboCIDVector.knownAnswers["chacha20-alphabet"].map(Array.init) ?? [])
    func theAlphabetGivesTheKnownNames(
        key: String, answer: KuboCIDVector.Answer
    ) throws {
        guard case .names(let expected) = answer else {
            Issue.record("no names for \(key)")
            return
        }
        let parts = key.split(separator: "/").map(String.init)
        let numbers = parts.dropFirst().compactMap { Int($0) }
        let names = try KuboCIDVector.Generated.names(
            seed: parts[0], count: numbers[0], length: numbers[1], lastLength: numbers[2])
        #expect(names.first == expected["first"])
        #expect(names[1] == expected["second"])
        #expect(names.last == expected["last"])
    }

    private static func answers(_ generator: String) -> [(String, String)] {
        (KuboCIDVector.knownAnswers[generator] ?? [:]).compactMap { seed, answer in
            if case .hex(let hex) = answer { (seed, hex) } else { nil }
        }
    }
}
