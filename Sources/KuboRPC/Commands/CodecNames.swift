import Multiformats

/// The numbers and names that `cid codecs` and `cid hashes` list. Long because it is a table.
enum CodecNames {
    /// The codecs of the multicodec table that are tagged `ipld`.
    static let ipld: [(Int, String)] = [
        (0x51, "cbor"), (0x55, "raw"), (0x70, "dag-pb"), (0x71, "dag-cbor"), (0x72, "libp2p-key"),
        (0x78, "git-raw"), (0x7b, "torrent-info"), (0x7c, "torrent-file"),
        (0x80, "blake3-hashseq"), (0x81, "leofcoin-block"), (0x82, "leofcoin-tx"),
        (0x83, "leofcoin-pr"), (0x85, "dag-jose"), (0x86, "dag-cose"), (0x90, "eth-block"),
        (0x91, "eth-block-list"), (0x92, "eth-tx-trie"), (0x93, "eth-tx"),
        (0x94, "eth-tx-receipt-trie"), (0x95, "eth-tx-receipt"), (0x96, "eth-state-trie"),
        (0x97, "eth-account-snapshot"), (0x98, "eth-storage-trie"),
        (0x99, "eth-receipt-log-trie"), (0x9a, "eth-receipt-log"), (0xb0, "bitcoin-block"),
        (0xb1, "bitcoin-tx"), (0xb2, "bitcoin-witness-commitment"), (0xc0, "zcash-block"),
        (0xc1, "zcash-tx"), (0xd0, "stellar-block"), (0xd1, "stellar-tx"),
        (0xe0, "decred-block"), (0xe1, "decred-tx"), (0xf0, "dash-block"), (0xf1, "dash-tx"),
        (0xfa, "swarm-manifest"), (0xfb, "swarm-feed"), (0xfc, "beeson"), (0x129, "dag-json"),
        (0x1f0, "swhid-1-snp"), (0x200, "json"), (0xb403, "rdfc-1"), (0xb601, "json-jcs"),
    ]

    /// Those that the `dag` commands read.
    static let supported: Set<String> = [
        "cbor", "raw", "dag-pb", "dag-cbor", "libp2p-key", "dag-json", "json",
    ]

    /// The hash functions that a CID may have.
    static let hashes: [(Int, String)] =
        [
            (0x00, "identity"), (0x11, "sha1"), (0x12, "sha2-256"), (0x13, "sha2-512"),
            (0x14, "sha3-512"), (0x15, "sha3-384"), (0x16, "sha3-256"), (0x17, "sha3-224"),
            (0x19, "shake-256"), (0x1a, "keccak-224"), (0x1b, "keccak-256"),
            (0x1c, "keccak-384"), (0x1d, "keccak-512"), (0x1e, "blake3"),
            (0x56, "dbl-sha2-256"),
        ] + (20...64).map { (0xb200 + $0, "blake2b-\($0 * 8)") }
        + (20...32).map { (0xb240 + $0, "blake2s-\($0 * 8)") }

    /// Finds a codec by its name.
    ///
    /// - Parameter name: as in the multicodec table.
    /// - Returns: the codec.
    /// - Throws: Kubo's text for an unknown one.
    static func codec(named name: String) throws(RPCError) -> Multicodec {
        if let codec = Multicodec(name: name) { return codec }
        if let known = ipld.first(where: { $0.1 == name }) {
            return Multicodec(rawValue: UInt64(known.0))
        }
        throw .failed("unknown multicodec: \(quoted(name))")
    }

    /// The name of a codec, or its number in Kubo's form.
    static func name(of codec: Multicodec) -> String {
        codec.name ?? ipld.first { UInt64($0.0) == codec.rawValue }?.1
            ?? "codec?\(codec.rawValue)"
    }

    /// The name of a hash function, or its number in Kubo's form.
    static func name(of code: MultihashCode) -> String {
        code.name ?? hashes.first { UInt64($0.0) == code.rawValue }?.1 ?? "hash?\(code.rawValue)"
    }
}
