import Buffers
import Multiformats
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(40)))
struct MultihashTests {
    @Test(arguments: [0, 1, 20, 31, 32, 33, 64, 128])
    func digestsOfEveryLengthComeBack(count: Int) throws {
        var random = SeededRandom(seed: UInt64(count))
        let digest = random.bytes(count)
        let multihash = Multihash(code: .blake2b(byteCount: 20), digest: digest)
        #expect(multihash.digest == digest)
        #expect(multihash.digestCount == count)
        let bytes = multihash.bytes
        #expect(bytes.count == multihash.byteCount)
        #expect(try Multihash(bytes: bytes) == multihash)
        #expect(try Multihash(bytes: bytes).hashValue == multihash.hashValue)
    }

    @Test
    func wordsAndBytesOfADigestAreTheSame() throws {
        let digest = Bytes((0..<32).map { UInt8($0) })
        let fromBytes = Multihash(code: .sha2_256, digest: digest)
        let fromWords = Multihash(
            code: .sha2_256,
            inline32: (
                0x0001_0203_0405_0607, 0x0809_0a0b_0c0d_0e0f, 0x1011_1213_1415_1617,
                0x1819_1a1b_1c1d_1e1f
            ))
        #expect(fromBytes == fromWords)
        #expect(fromBytes.hashValue == fromWords.hashValue)
        #expect(fromWords.digest == digest)
        #expect(fromBytes.words?.0 == 0x0001_0203_0405_0607)
        #expect(Multihash(code: .sha1, digest: digest.prefix(20)).words == nil)
    }

    @Test
    func codeAndEveryByteCount() {
        let digest = Bytes([UInt8](repeating: 9, count: 32))
        let multihash = Multihash(code: .sha2_256, digest: digest)
        #expect(multihash != Multihash(code: .sha3_256, digest: digest))
        #expect(multihash != Multihash(code: .sha2_256, digest: digest.prefix(31)))
        for index in 0..<32 {
            var changed = digest.array
            changed[index] ^= 1
            #expect(multihash != Multihash(code: .sha2_256, digest: Bytes(changed)))
        }
    }

    @Test
    func identityDigestsHaveALimit() throws {
        let longest = Multihash(
            code: .identity, digest: Bytes([UInt8](repeating: 0x42, count: 128)))
        #expect(try Multihash(bytes: longest.bytes) == longest)
        let longer = Multihash(
            code: .identity, digest: Bytes([UInt8](repeating: 0x41, count: 129)))
        let error = #expect(throws: MultiformatsError.self) { try Multihash(bytes: longer.bytes) }
        #expect(error?.code == .digestTooLarge)
        #expect(
            error?.message == "digest too large: identity digest got 129 bytes, maximum 128")
    }

    @Test(
        arguments: [
            [], [0x12], [0x12, 0x20], [0x12, 0x02, 0x01], [0x12, 0x01, 0x01, 0x01],
            [0x12, 0x81, 0x00, 0x01], [0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x00],
        ] as [[UInt8]])
    func brokenOnesAreRefused(bytes: [UInt8]) {
        #expect(throws: MultiformatsError.self) { try Multihash(bytes: Bytes(bytes)) }
    }

    @Test
    func namesAreThoseOfGoMultihash() {
        #expect(MultihashCode(name: "SHA2-256") == .sha2_256)
        #expect(MultihashCode(name: "sha3") == .sha3_512)
        #expect(MultihashCode(name: "blake2b-256")?.rawValue == 0xb220)
        #expect(MultihashCode(name: "blake2s-256")?.rawValue == 0xb260)
        #expect(MultihashCode(name: "blake2b-7") == nil)
        #expect(MultihashCode.sha2_256.name == "sha2-256")
        #expect(MultihashCode(rawValue: 0x7777).name == nil)
        let named = (0...0xffff).map(MultihashCode.init(rawValue:)).filter { $0.name != nil }
        #expect(named.count == 21 + 96)
        for code in named { #expect(code.name.flatMap { MultihashCode(name: $0) } == code) }
    }
}
