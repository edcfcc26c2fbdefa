/// Reads shared bytes from front to back; every read checks what is left.
///
/// All decoders of complete inputs use one; slices that it hands out share the memory.
///
/// - Invariant: `0 <= offset <= bytes.count`.
package struct ByteReader: Sendable {
    @usableFromInline let bytes: Bytes

    /// How many bytes have been read.
    @inlinable package var offset: Int { position }
    @usableFromInline var position = 0

    /// Starts at the first byte.
    package init(_ bytes: Bytes) { self.bytes = bytes }

    /// How many bytes are left.
    @inlinable
    package var remaining: Int { bytes.count - offset }

    /// Whether everything has been read.
    @inlinable
    package var isAtEnd: Bool { remaining == 0 }

    /// Shows the next byte without passing it; nil at the end.
    package var peek: UInt8? { isAtEnd ? nil : bytes[offset] }

    /// Reads one byte.
    ///
    /// - Throws: `.endOfBytes` when nothing is left.
    @inlinable @inline(__always)
    package mutating func readByte() throws(ByteReaderError) -> UInt8 {
        guard offset < bytes.count else { throw .endOfBytes }
        defer { position += 1 }
        return bytes[offset]
    }

    /// Reads the next `count` bytes as a slice.
    ///
    /// - Throws: `.endOfBytes` when fewer are left, or when `count` is negative.
    package mutating func read(_ count: Int) throws(ByteReaderError) -> Bytes {
        guard count >= 0, count <= remaining else { throw .endOfBytes }
        defer { position += count }
        return bytes[offset..<offset + count]
    }

    /// Reads a slice whose length came from outside as a 64-bit number.
    ///
    /// - Throws: `.endOfBytes` when fewer are left.
    package mutating func read(_ count: UInt64) throws(ByteReaderError) -> Bytes {
        guard count <= UInt64(remaining) else { throw .endOfBytes }
        return try read(Int(count))
    }

    /// Reads everything that is left.
    package mutating func readRest() -> Bytes {
        defer { position = bytes.count }
        return bytes.dropFirst(offset)
    }

    /// Reads an unsigned integer of the type's width, most significant byte first.
    ///
    /// - Throws: `.endOfBytes` when fewer bytes are left than the type has.
    @inlinable
    package mutating func readBigEndian<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type = Value.self
    ) throws(ByteReaderError) -> Value {
        var value: Value = 0
        for _ in 0..<Value.bitWidth / 8 {
            value = (value << 8) | Value(truncatingIfNeeded: try readByte())
        }
        return value
    }

    /// Reads an unsigned integer of the type's width, least significant byte first.
    ///
    /// - Throws: `.endOfBytes` when fewer bytes are left than the type has.
    @inlinable
    package mutating func readLittleEndian<Value: FixedWidthInteger & UnsignedInteger>(
        _ type: Value.Type = Value.self
    ) throws(ByteReaderError) -> Value {
        var value: Value = 0
        for index in 0..<Value.bitWidth / 8 {
            value |= Value(truncatingIfNeeded: try readByte()) << (index * 8)
        }
        return value
    }
}

/// Why a read failed: the input is shorter than it says. A retry cannot help.
package enum ByteReaderError: Error, Equatable {
    /// Fewer bytes are left than the read needs.
    case endOfBytes
}
