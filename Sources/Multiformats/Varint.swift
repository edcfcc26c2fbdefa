package import Buffers

/// Unsigned integers of variable length, seven bits a byte, lowest first.
package enum Varint {
    /// How many bytes `appendVarint` writes for a number.
    @inline(__always)
    package static func byteCount(of value: UInt64) -> Int {
        value < 0x80 ? 1 : (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7
    }
}

extension ByteReader {
    /// Reads a varint of multiformats: at most nine bytes, and no longer than it must be.
    ///
    /// - Throws: `.varint` with the words of go-varint.
    /// - Spec: multiformats/unsigned-varint.
    @inline(__always)
    package mutating func readVarint() throws(MultiformatsError) -> UInt64 {
        if let byte = peek, byte < 0x80 { return try readLastByte() }
        return try readLongVarint()
    }

    @inline(__always)
    private mutating func readLastByte() throws(MultiformatsError) -> UInt64 {
        do {
            return UInt64(try readByte())
        } catch {
            throw .varintCutOff
        }
    }

    private mutating func readLongVarint() throws(MultiformatsError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for index in 0..<Limits.varintBytesMax {
            let byte = try readLastByte()
            value |= (byte & 0x7f) << shift
            if byte < 0x80 {
                guard byte != 0 || index == 0 else {
                    throw MultiformatsError(.varint, "varint not minimally encoded")
                }
                return value
            }
            shift += 7
        }
        throw MultiformatsError(.varint, "varints larger than uint63 not supported")
    }

    /// Reads a varint of protobuf: at most ten bytes; longer forms than needed are accepted.
    ///
    /// - Throws: `.varint`.
    @inline(__always)
    package mutating func readProtobufVarint() throws(MultiformatsError) -> UInt64 {
        if let byte = peek, byte < 0x80 { return try readLastByte() }
        return try readLongProtobufVarint()
    }

    private mutating func readLongProtobufVarint() throws(MultiformatsError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        for index in 0..<Limits.protobufVarintBytesMax {
            let byte = try readLastByte()
            if index == Limits.protobufVarintBytesMax - 1, byte > 1 { break }
            value |= (byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw MultiformatsError(.varint, "variable length integer overflow")
    }
}

extension ByteWriter {
    /// Appends the shortest varint of a number; multiformats and protobuf share the form.
    @inline(__always)
    package mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

extension MultiformatsError {
    static let varintCutOff = MultiformatsError(
        .varint, "varints malformed, could not reach the end")
}
