package import Multiformats

/// Which multihashes may name content at all: Kubo's list.
///
/// Sha1 is on it for the sake of git; md5, murmur3 and short BLAKE2 digests are not.
package enum HashFunctionPolicy {
    /// Checks a multihash that came from outside, before anything is looked up or fetched by it.
    ///
    /// - Parameter multihash: from a CID.
    /// - Throws: `.insecure`, `.digestTooSmall` or `.digestTooLarge`.
    package static func check(_ multihash: Multihash) throws(HashFunctionError) {
        let code = multihash.code.rawValue
        let count = multihash.digestCount
        guard allows(code) else { throw .insecure }
        if code == 0 {
            guard count <= Limits.digestByteCountMax else { throw .identityTooLarge(count) }
            return
        }
        let name = multihash.code.name ?? "unknown"
        guard count >= Limits.digestByteCountMin else {
            throw HashFunctionError(
                code: .digestTooSmall,
                message: "digest too small: \(name) digest got \(count) bytes, "
                    + "minimum \(Limits.digestByteCountMin)")
        }
        guard count <= Limits.digestByteCountMax else {
            throw HashFunctionError(
                code: .digestTooLarge,
                message: "digest too large: \(name) digest got \(count) bytes, "
                    + "maximum \(Limits.digestByteCountMax)")
        }
    }

    static func allows(_ code: UInt64) -> Bool {
        switch code {
        case 0x00, 0x11...0x17, 0x19...0x1e, 0x56, 0x1012: true
        case blake2b.lowerBound + 19...blake2b.upperBound: true
        case blake2s.lowerBound + 19...blake2s.upperBound: true
        default: false
        }
    }

    /// Codes of BLAKE2b with 1 to 64 bytes.
    static let blake2b: ClosedRange<UInt64> = 0xb201...0xb240

    /// Codes of BLAKE2s with 1 to 32 bytes.
    static let blake2s: ClosedRange<UInt64> = 0xb241...0xb260
}

extension HashFunctionError {
    static let insecure = HashFunctionError(
        code: .insecure, message: "potentially insecure hash functions not allowed")

    static func unknownName(_ name: String) -> HashFunctionError {
        HashFunctionError(
            code: .unknownName, message: "unrecognized hash function: \"\(name)\"")
    }

    static func notRegistered(_ code: UInt64) -> HashFunctionError {
        HashFunctionError(
            code: .notRegistered,
            message: "invalid cid: unknown multihash code \(code) "
                + "(0x\(String(code, radix: 16))): no such hash registered")
    }

    static func identityTooLarge(_ count: Int) -> HashFunctionError {
        HashFunctionError(
            code: .digestTooLarge,
            message: "digest too large: identity digest got \(count) bytes, "
                + "maximum \(Limits.digestByteCountMax)")
    }
}
