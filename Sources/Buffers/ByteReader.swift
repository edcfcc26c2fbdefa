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

    // Integers: an overload for each width, since generic code is not specialised for its callers
    // in other modules and is then 20 times slower.

    /// Reads an integer, most significant byte first.
    ///
    /// - Throws: `.endOfBytes` when fewer bytes are left than the type has.
    package mutating func readBigEndian(
        _ type: UInt16.Type = UInt16.self
    ) throws(ByteReaderError) -> UInt16 {
        UInt16(bigEndian: try load())
    }

    /// Reads an integer, most significant byte first.
    ///
    /// - Throws: `.endOfBytes` when fewer bytes are left than the type has.
    package mutating func readBigEndian(
        _ type: UInt32.Type = UInt32.self
    ) throws(ByteReaderError) -> UInt32 {
        UInt32(bigEndian: try load())
    }

    /// Reads an integer, most significant byte first.
    ///
    /// - Throws: `.endOfBytes` when fewer bytes are left than the type has.
    package mutating func readBigEndian(
        _ type: UInt64.Type = UInt64.self
    ) throws(ByteReaderError) -> UInt64 {
        UInt64(bigEndian: try load())
    }

    /// Reads an integer, least significant byte first.
    ///
    /// - Throws: `.endOfBytes` when fewer bytes are left than the type has.
    package mutating func readLittleEndian(
        _ type: UInt32.Type = UInt32.self
    ) throws(ByteReaderError) -> UInt32 {
        UInt32(littleEndian: try load())
    }

    /// Reads an integer, least significant byte first.
    ///
    /// - Throws: `.endOfBytes` when fewer bytes are left than the type has.
    package mutating func readLittleEndian(
        _ type: UInt64.Type = UInt64.self
    ) throws(ByteReaderError) -> UInt64 {
        UInt64(littleEndian: try load())
    }

    @inline(__always)
    private mutating func load<Value: FixedWidthInteger>() throws(ByteReaderError) -> Value {
        guard MemoryLayout<Value>.size <= remaining else { throw .endOfBytes }
        defer { position += MemoryLayout<Value>.size }
        return bytes.load(at: offset)
    }
}

/// Why a read failed: the input is shorter than it says. A retry cannot help.
package enum ByteReaderError: Error, Equatable {
    /// Fewer bytes are left than the read needs.
    case endOfBytes
}
