import Buffers
import Multiformats
import Vault

/// Hash functions and the checksum over 256 KiB, beside OpenSSL's SHA-256 reached the same way, and over 64 bytes.
enum HashRows {
    static func measure(into table: MicroTable) throws {
        let block = MicroData.noise(256 << 10)
        let small = MicroData.noise(64)
        let names = [
            "sha2-256", "sha2-512", "sha1", "sha3-256", "sha3-512", "keccak-256", "shake-256",
            "blake3",
            "blake2b-256", "blake2b-512", "blake2s-256", "dbl-sha2-256",
        ]
        let anchor = try HashFunction(named: "sha2-256")
        for name in names {
            let function = try HashFunction(named: name)
            try table.row(
                "hash \(name), 256 KiB", byteCount: block.count, beside: "sha2-256 (OpenSSL)",
                anchor: { MicroData.keep(try anchor.digest(of: block).count) },
                work: { MicroData.keep(try function.digest(of: block).count) })
        }
        try table.row(
            "checksum crc-32c, 256 KiB", byteCount: block.count, beside: "sha2-256 (OpenSSL)",
            anchor: { MicroData.keep(try anchor.digest(of: block).count) },
            work: { MicroData.keep(Int(checksum(of: block))) })
        for name in ["sha2-256", "blake3"] {
            let function = try HashFunction(named: name)
            try table.row(
                "hash \(name), 64 bytes", byteCount: small.count,
                anchor: { MicroData.copy(small) },
                work: { MicroData.keep(try function.multihash(of: small).digestCount) })
        }
    }

    private static func checksum(of bytes: Bytes) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(bytes)
        return checksum.value
    }
}
