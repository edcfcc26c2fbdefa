import Buffers
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

extension ByteReader {
    /// Reads the tag of the next field.
    @inline(__always)
    mutating func readTag() throws(IPLDError) -> ProtobufTag {
        let tag = try readNumber()
        return ProtobufTag(field: tag >> 3, wire: tag & 7)
    }

    /// Reads a length and so many bytes.
    @inline(__always)
    mutating func readChunk() throws(IPLDError) -> Bytes {
        let count = try readNumber()
        do {
            return try read(count)
        } catch {
            throw .protobuf("unexpected EOF")
        }
    }

    /// Reads a protobuf varint.
    @inline(__always)
    mutating func readNumber() throws(IPLDError) -> UInt64 {
        do {
            return try readProtobufVarint()
        } catch {
            throw .protobuf(error.message)
        }
    }
}

extension IPLDError {
    static func protobuf(_ cause: String) -> IPLDError {
        IPLDError(.malformed, "protobuf: \(cause)")
    }
}
