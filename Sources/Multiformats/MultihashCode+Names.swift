extension MultihashCode {
    /// The name in the multihash table, in lower case; nil for numbers that it does not have.
    package var name: String? { Self.byCode[self] }

    /// Finds a hash function by its name, upper or lower case; `sha3` is `sha3-512`.
    package init?(name: String) {
        guard let code = Self.byName[name.lowercased()] else { return nil }
        self = code
    }

    /// Those of go-multihash.
    private static let byCode: [MultihashCode: String] = {
        var names: [MultihashCode: String] = [
            .identity: "identity", .sha1: "sha1", .sha2_256: "sha2-256", .sha2_512: "sha2-512",
            .sha3_224: "sha3-224", .sha3_256: "sha3-256", .sha3_384: "sha3-384",
            .sha3_512: "sha3-512", .shake_128: "shake-128", .shake_256: "shake-256",
            .keccak_224: "keccak-224", .keccak_256: "keccak-256", .keccak_384: "keccak-384",
            .keccak_512: "keccak-512", .blake3: "blake3", .murmur3_x64_64: "murmur3-x64-64",
            .dblSHA2_256: "dbl-sha2-256", .md5: "md5",
            MultihashCode(rawValue: 0x1012): "sha2-256-trunc254-padded",
            MultihashCode(rawValue: 0x1100): "x11",
            MultihashCode(rawValue: 0xb401): "poseidon-bls12_381-a2-fc1",
        ]
        for count in 1...64 { names[.blake2b(byteCount: count)] = "blake2b-\(count * 8)" }
        for count in 1...32 { names[.blake2s(byteCount: count)] = "blake2s-\(count * 8)" }
        return names
    }()

    private static let byName: [String: MultihashCode] = {
        var codes = Dictionary(uniqueKeysWithValues: byCode.map { ($0.value, $0.key) })
        codes["sha3"] = .sha3_512
        return codes
    }()
}
