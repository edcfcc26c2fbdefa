extension Multicodec {
    /// The name in the multicodec table; nil for numbers that it does not have.
    package var name: String? { Self.byCode[rawValue] }

    /// Finds a codec by its name in the multicodec table.
    package init?(name: String) {
        guard let code = Self.byName[name] else { return nil }
        self.init(rawValue: code)
    }

    private static let byCode: [UInt64: String] = Dictionary(
        uniqueKeysWithValues: table.map { ($0.code, $0.name) })

    private static let byName: [String: UInt64] = Dictionary(
        uniqueKeysWithValues: table.map { ($0.name, $0.code) })

    /// The rows of multiformats/multicodec's table that are tagged `ipld`. A table.
    private static let table: [(code: UInt64, name: String)] = [
        (0x51, "cbor"),
        (0x55, "raw"),
        (0x70, "dag-pb"),
        (0x71, "dag-cbor"),
        (0x72, "libp2p-key"),
        (0x78, "git-raw"),
        (0x7b, "torrent-info"),
        (0x7c, "torrent-file"),
        (0x81, "leofcoin-block"),
        (0x82, "leofcoin-tx"),
        (0x83, "leofcoin-pr"),
        (0x85, "dag-jose"),
        (0x86, "dag-cose"),
        (0x90, "eth-block"),
        (0x91, "eth-block-list"),
        (0x92, "eth-tx-trie"),
        (0x93, "eth-tx"),
        (0x94, "eth-tx-receipt-trie"),
        (0x95, "eth-tx-receipt"),
        (0x96, "eth-state-trie"),
        (0x97, "eth-account-snapshot"),
        (0x98, "eth-storage-trie"),
        (0x99, "eth-receipt-log-trie"),
        (0x9a, "eth-receipt-log"),
        (0xb0, "bitcoin-block"),
        (0xb1, "bitcoin-tx"),
        (0xb2, "bitcoin-witness-commitment"),
        (0xc0, "zcash-block"),
        (0xc1, "zcash-tx"),
        (0xd0, "stellar-block"),
        (0xd1, "stellar-tx"),
        (0xe0, "decred-block"),
        (0xe1, "decred-tx"),
        (0xf0, "dash-block"),
        (0xf1, "dash-tx"),
        (0xfa, "swarm-manifest"),
        (0xfb, "swarm-feed"),
        (0xfc, "beeson"),
        (0x129, "dag-json"),
        (0x1f0, "swhid-1-snp"),
        (0x200, "json"),
        (0xb403, "rdfc-1"),
        (0xb601, "json-jcs"),
    ]
}
