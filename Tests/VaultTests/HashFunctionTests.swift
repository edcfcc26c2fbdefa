import Buffers
import Multiformats
import TestSupport
import Testing

@testable import Vault

@Suite(.timeLimit(.minutes(40)))
struct HashFunctionTests {
    @Test
    func everyRowOfTheMultihashTableIsReproduced() throws {
        let rows = try Fixture.lines("multihash.csv").dropFirst()
        #expect(rows.count == 260)
        for row in rows {
            let fields = row.split(separator: ",").map(String.init)
            let function = try HashFunction(named: fields[0])
            let expected = try Bytes(hex: fields[3]).array
            let digest = try function.digest(of: Bytes(utf8: fields[2])).array
            #expect(function.code.rawValue == UInt64(expected[0]), "\(row)")
            #expect(Array(digest.prefix(Int(expected[1]))) == Array(expected[2...]), "\(row)")
        }
    }

    @Test
    func everyFunctionGivesTheDigestsOfAnotherImplementation() throws {
        let rows = try Fixture.lines("digests.csv").dropFirst()
        #expect(rows.count == 408)
        for row in rows {
            let fields = row.split(separator: ",").map(String.init)
            let code = try #require(UInt64(fields[0], radix: 16))
            let input = Pattern.bytes(try #require(Int(fields[1])))
            let function = try HashFunction(code: MultihashCode(rawValue: code))
            let multihash = try function.multihash(of: input)
            #expect(multihash.code.rawValue == code)
            #expect(try multihash.digest == Bytes(hex: fields[2]), "\(row)")
            #expect(function.verify(input, against: multihash))
            #expect(!function.verify(Pattern.bytes(input.count + 1), against: multihash))
        }
    }

    @Test(
        arguments: [
            (0x1b, "", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
            (0x1b, "abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
            (
                0x1d, "",
                "0eab42de4c3ceb9235fc91acffe746b29c29a8c366b7c60e4e67c466f36a4304"
                    + "c00fa9caf9d87976ba469bcbe06713b435f091ef2769fb160cdab33d3670680e"
            ),
            (0x1a, "", "f71837502ba8e10837bdd8d365adb85591895602fc552b48b7390abd"),
            (
                0x1c, "",
                "2c23146a63a29acf99e73b88f8c24eaa7dc60aa771780ccc006afbfa8fe2479b"
                    + "2dd2b21362337441ac12b515911957ff"
            ),
        ] as [(UInt64, String, String)])
    func keccakHasItsPublishedDigests(code: UInt64, text: String, digest: String) throws {
        let function = try HashFunction(code: MultihashCode(rawValue: code))
        #expect(try function.digest(of: Bytes(utf8: text)) == Bytes(hex: digest))
    }

    @Test
    func namesAreFoundInAnyCase() throws {
        #expect(try HashFunction(named: "SHA2-256") == .sha2_256)
        #expect(try HashFunction(named: "Blake2b-256").code.rawValue == 0xb220)
        #expect(try HashFunction(named: "sha3") == HashFunction(named: "sha3-512"))
        for bits in stride(from: 160, through: 512, by: 8) {
            let function = try HashFunction(named: "blake2b-\(bits)")
            #expect(try function.multihash(of: Bytes.empty).digestCount == bits / 8)
        }
    }

    @Test(arguments: [
        ("sha4", "unrecognized hash function: \"sha4\""),
        ("SHA4", "unrecognized hash function: \"sha4\""),
        ("md5", "potentially insecure hash functions not allowed"),
        ("murmur3-x64-64", "potentially insecure hash functions not allowed"),
        ("shake-128", "potentially insecure hash functions not allowed"),
        ("x11", "potentially insecure hash functions not allowed"),
        ("poseidon-bls12_381-a2-fc1", "potentially insecure hash functions not allowed"),
        ("blake2b-152", "potentially insecure hash functions not allowed"),
        ("blake2s-152", "potentially insecure hash functions not allowed"),
        ("keccak-224", notRegistered("26 (0x1a)")),
        ("keccak-384", notRegistered("28 (0x1c)")),
        ("blake2s-160", notRegistered("45652 (0xb254)")),
        ("sha2-256-trunc254-padded", notRegistered("4114 (0x1012)")),
    ])
    func otherNamesAreRefusedInKubosWords(name: String, message: String) {
        let error = #expect(throws: HashFunctionError.self) { try HashFunction(named: name) }
        #expect(error?.message == message)
    }

    static func notRegistered(_ code: String) -> String {
        "invalid cid: unknown multihash code \(code): no such hash registered"
    }

    @Test(
        arguments: [0x18, 0x20, 0xd5, 0xb201, 0xb213, 0xb241, 0xb253, 0xb261, 0xffff] as [UInt64])
    func insecureAndUnknownCodesAreRefused(code: UInt64) {
        let error = #expect(throws: HashFunctionError.self) {
            try HashFunction(code: MultihashCode(rawValue: code))
        }
        #expect(error?.code == .insecure)
    }

    @Test
    func identityHoldsUpTo128Bytes() throws {
        let largest = Pattern.bytes(128)
        #expect(try HashFunction.identity.multihash(of: largest).digest == largest)
        #expect(
            HashFunction.identity.verify(
                largest, against: try HashFunction.identity.multihash(of: largest)))
        let error = #expect(throws: HashFunctionError.self) {
            try HashFunction.identity.multihash(of: Pattern.bytes(129))
        }
        #expect(
            error?.message == "digest too large: identity digest got 129 bytes, maximum 128")
    }

    @Test
    func aDigestThatIsCutShortMatchesFrom20BytesOn() throws {
        let input = Pattern.bytes(5000)
        for function in [HashFunction.sha2_256, try HashFunction(named: "blake3")] {
            let whole = try function.digest(of: input)
            for count in 0...32 {
                let short = Multihash(code: function.code, digest: whole.prefix(count))
                #expect(function.verify(input, against: short) == (count >= 20), "\(count)")
            }
            let long = Multihash(code: function.code, digest: Bytes(whole.array + [0]))
            #expect(!function.verify(input, against: long))
        }
    }

    @Test
    func aMultihashOfAnotherFunctionNeverMatches() throws {
        let input = Pattern.bytes(10)
        let digest = try HashFunction.sha2_256.digest(of: input)
        let other = Multihash(code: MultihashCode(rawValue: 0x16), digest: digest)
        #expect(!HashFunction.sha2_256.verify(input, against: other))
    }
}
