/// What writers and readers of HAMT shards share.
///
/// - Spec: UnixFS, "HAMT Structure and Parameters".
enum Shard {
    /// Multihash code of murmur3 x64 64.
    static let hashType: UInt64 = 0x22

    /// How many hexadecimal digits the names of links begin with.
    static func digitCount(fanout: Int) -> Int {
        String(fanout - 1, radix: 16).count
    }

    /// The digits of a bucket, in upper case.
    static func digits(of bucket: Int, count: Int) -> String {
        let text = String(bucket, radix: 16, uppercase: true)
        return String(repeating: "0", count: count - text.count) + text
    }

    /// The bucket of a hash on the level that comes after `usedBits` bits.
    static func bucket(of hash: UInt64, usedBits: Int, bitsPerLevel: Int) -> Int {
        Int((hash << UInt64(usedBits)) >> UInt64(Limits.hashBitCount - bitsPerLevel))
    }
}

extension UnixFSError {
    /// The hash of a name has no bits left.
    static var shardTooDeep: UnixFSError {
        UnixFSError(.tooDeep, "sharded directory too deep")
    }
}
