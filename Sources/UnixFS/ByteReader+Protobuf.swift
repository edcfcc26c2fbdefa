import Buffers
import Multiformats

/// A wire type that no field of UnixFS has, such as that of groups.
struct UnknownWireType: Error, CustomStringConvertible {
    var description: String { "a field has an unknown wire type" }
}

extension ByteReader {
    /// Reads a length, and so many bytes.
    mutating func readLengthDelimited() throws -> Bytes {
        try read(try readProtobufVarint())
    }

    /// Passes a field whose tag was read.
    ///
    /// - Throws: `UnknownWireType` for groups and unknown types; what the reads throw.
    mutating func skipProtobufField(wireType: UInt64) throws {
        switch wireType {
        case 0: _ = try readProtobufVarint()
        case 1: _ = try read(8)
        case 2: _ = try readLengthDelimited()
        case 5: _ = try read(4)
        default: throw UnknownWireType()
        }
    }
}
