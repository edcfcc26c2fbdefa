import Multiformats

/// Bytes in the forms that blocks are made of, written by hand: what no encoder of ours would write
/// has to be written too.
struct Wire {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A field of a protobuf message that is a number.
    mutating func append(field: UInt64, number: UInt64) {
        appendVarint(field << 3)
        appendVarint(number)
    }

    /// A field of a protobuf message that has a length.
    mutating func append(field: UInt64, _ content: [UInt8]) {
        appendVarint(field << 3 | 2)
        appendVarint(UInt64(content.count))
        bytes += content
    }

    /// A field of a protobuf message of four bytes.
    mutating func append(field: UInt64, fixed: UInt32) {
        appendVarint(field << 3 | 5)
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: fixed >> UInt32(shift)))
        }
    }

    /// The head of a CBOR item.
    mutating func appendHead(_ major: UInt8, _ value: UInt64) {
        let (kind, count): (UInt8, Int) =
            switch value {
            case ..<24: (UInt8(value), 0)
            case ..<0x100: (24, 1)
            case ..<0x1_0000: (25, 2)
            case ..<0x1_0000_0000: (26, 4)
            default: (27, 8)
            }
        bytes.append(major << 5 | kind)
        for index in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64((count - 1 - index) * 8)))
        }
    }

    /// A link in dag-cbor.
    mutating func appendLink(_ cid: [UInt8]) {
        appendHead(6, 42)
        appendHead(2, UInt64(cid.count + 1))
        bytes.append(0)
        bytes += cid
    }

    /// The binary form of a CID of version 1.
    static func cid(codec: Multicodec, hash: UInt64, digest: [UInt8]) -> [UInt8] {
        var wire = Wire()
        wire.bytes.append(1)
        wire.appendVarint(codec.rawValue)
        wire.appendVarint(hash)
        wire.appendVarint(UInt64(digest.count))
        return wire.bytes + digest
    }
}
