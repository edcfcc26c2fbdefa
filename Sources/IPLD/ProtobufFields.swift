import Multiformats

/// The number and wire type in front of a protobuf field.
struct ProtobufTag: Equatable {
    let field: UInt64
    let wire: UInt64

    /// Why this field is not one of those that the message has.
    func refusal(expecting fields: String) -> String {
        switch field {
        case 1...3 where wire != 2 || field != 3:
            "invalid wireType, expected \(field == 3 ? 0 : 2), got \(wire)"
        default: "invalid fieldNumber, expected \(fields), got \(field)"
        }
    }
}

/// A place in a protobuf message, moved forward field by field.
///
/// Decoders pass the memory to every call, because a node has many small fields and nothing should
/// be counted or copied for them.
///
/// - Invariant: `0 <= index <= end`, and `end` lies inside the memory.
struct ProtobufFields {
    private(set) var index: Int
    private let end: Int

    init(in range: Range<Int>) {
        index = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { index == end }

    /// Reads the tag of the next field.
    @inline(__always)
    mutating func readTag(_ memory: Span<UInt8>) throws(IPLDError) -> ProtobufTag {
        let tag = try readNumber(memory)
        return ProtobufTag(field: tag >> 3, wire: tag & 7)
    }

    /// Reads a length, and passes so many bytes.
    @inline(__always)
    mutating func readChunk(_ memory: Span<UInt8>) throws(IPLDError) -> Range<Int> {
        let count = try readNumber(memory)
        guard count <= UInt64(end - index) else { throw .protobuf("unexpected EOF") }
        let start = index
        index += Int(count)
        return start..<index
    }

    /// Reads a varint of at most ten bytes; longer forms than needed are accepted.
    @inline(__always)
    mutating func readNumber(_ memory: Span<UInt8>) throws(IPLDError) -> UInt64 {
        if index < end, memory[index] < 0x80 {
            defer { index += 1 }
            return UInt64(memory[index])
        }
        return try readLongNumber(memory)
    }

    private mutating func readLongNumber(_ memory: Span<UInt8>) throws(IPLDError) -> UInt64 {
        var value: UInt64 = 0
        for count in 0..<Multiformats.Limits.protobufVarintBytesMax {
            guard index < end else { throw .protobuf("unexpected EOF") }
            let byte = memory[index]
            index += 1
            guard count < 9 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7f) << UInt64(count * 7)
            if byte < 0x80 { return value }
        }
        throw .protobuf("variable length integer overflow")
    }
}

extension IPLDError {
    static func protobuf(_ cause: String) -> IPLDError {
        IPLDError(.malformed, "protobuf: \(cause)")
    }
}
