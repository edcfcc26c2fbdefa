import Buffers

/// The used buckets of a shard: one big-endian number, without leading zero bytes.
struct Bitmap: Sendable {
    private let bitCount: Int
    /// Least significant byte first.
    private var bytes: [UInt8]

    init(bitCount: Int) {
        self.bitCount = bitCount
        bytes = [UInt8](repeating: 0, count: bitCount / 8)
    }

    /// Reads the data field of a shard; nil if it has a bit that the fan-out has no bucket for.
    ///
    /// Leading zero bytes are harmless only as far as the fan-out reaches.
    init?(decoding data: Bytes, bitCount: Int) {
        self.init(bitCount: bitCount)
        guard data.count <= bytes.count else { return nil }
        for index in 0..<data.count { bytes[index] = data[data.count - 1 - index] }
    }

    mutating func set(_ bit: Int) { bytes[bit / 8] |= 1 << UInt8(bit % 8) }

    func contains(_ bit: Int) -> Bool { bytes[bit / 8] & (1 << UInt8(bit % 8)) != 0 }

    /// How many bits are set.
    var count: Int { bytes.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// How many bits below `bit` are set: the position of the bucket's link.
    func rank(of bit: Int) -> Int {
        let whole = bytes[0..<bit / 8].reduce(0) { $0 + $1.nonzeroBitCount }
        let mask = (UInt8(1) << UInt8(bit % 8)) - 1
        return whole + (bytes[bit / 8] & mask).nonzeroBitCount
    }

    func encode() -> Bytes {
        Bytes(Array(bytes.reversed().drop { $0 == 0 }))
    }
}
