/// Builds bytes from front to back in memory that grows, and hands them over without a copy.
///
/// All encoders write into one of these. Integers say their byte order in the name; the varints of
/// multiformats and protobuf are extensions in `Multiformats`.
///
/// - Invariant: the first `count` bytes of `memory` are initialised, and `count <= capacity`.
@safe
package struct ByteWriter: ~Copyable {
    @usableFromInline var memory: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int

    /// How many bytes have been written.
    @inlinable package var count: Int { length }
    @usableFromInline var length = 0

    /// Starts empty.
    ///
    /// - Parameter capacity: bytes to reserve; a good guess saves copies while growing.
    package init(capacity: Int = 64) {
        self.capacity = max(capacity, 16)
        unsafe memory = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { unsafe memory.deallocate() }

    /// Appends one byte.
    @inlinable @inline(__always)
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        length += 1
    }

    /// Appends the bytes of an array.
    package mutating func append(_ array: [UInt8]) {
        unsafe array.withUnsafeBytes { unsafe append($0) }
    }

    /// Appends shared bytes by copying them.
    package mutating func append(_ bytes: Bytes) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    /// Appends what a span shows.
    package mutating func append(_ span: RawSpan) {
        unsafe span.withUnsafeBytes { unsafe append($0) }
    }

    /// Appends what a span shows.
    package mutating func append(_ span: Span<UInt8>) {
        append(unsafe span.bytes)
    }

    /// Appends the UTF-8 form of a text.
    package mutating func append(utf8 text: String) {
        append(unsafe text.utf8Span.span.bytes)
    }

    // Integers: an overload for each width, since generic code is not specialised for its callers
    // in other modules and is then 20 times slower.

    /// Appends an integer, most significant byte first.
    package mutating func appendBigEndian(_ value: UInt16) { store(value.bigEndian) }

    /// Appends an integer, most significant byte first.
    package mutating func appendBigEndian(_ value: UInt32) { store(value.bigEndian) }

    /// Appends an integer, most significant byte first.
    package mutating func appendBigEndian(_ value: UInt64) { store(value.bigEndian) }

    /// Appends an integer, least significant byte first.
    package mutating func appendLittleEndian(_ value: UInt32) { store(value.littleEndian) }

    /// Appends an integer, least significant byte first.
    package mutating func appendLittleEndian(_ value: UInt64) { store(value.littleEndian) }

    /// Appends bytes that a fence has at a pointer.
    @unsafe
    package mutating func append(_ source: UnsafeRawBufferPointer) {
        guard let base = source.baseAddress, source.count > 0 else { return }
        reserve(source.count)
        unsafe memory.advanced(by: count).copyMemory(from: base, byteCount: source.count)
        length += source.count
    }

    /// Ends the writing and hands the bytes over.
    package consuming func finish() -> Bytes {
        takeBytes()
    }

    /// Hands over what was written and starts again with nothing.
    ///
    /// - Parameter nextCapacity: bytes to reserve for the next run.
    package mutating func takeBytes(nextCapacity: Int = 16) -> Bytes {
        let full = unsafe memory
        let (taken, held) = (length, capacity)
        capacity = max(nextCapacity, 16)
        unsafe memory = .allocate(byteCount: capacity, alignment: 16)
        length = 0
        guard taken > 0 else {
            unsafe full.deallocate()
            return .empty
        }
        return unsafe Bytes(adopting: full, count: taken, capacity: held) { unsafe $0.deallocate() }
    }

    @inline(__always)
    private mutating func store<Value: FixedWidthInteger>(_ value: Value) {
        reserve(MemoryLayout<Value>.size)
        unsafe memory.storeBytes(of: value, toByteOffset: count, as: Value.self)
        length += MemoryLayout<Value>.size
    }

    @inlinable @inline(__always)
    mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(toHold: count + more) }
    }

    @usableFromInline
    mutating func grow(toHold needed: Int) {
        let larger = max(needed, capacity * 2)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        unsafe moved.copyMemory(from: memory, byteCount: count)
        unsafe memory.deallocate()
        unsafe memory = unsafe moved
        capacity = larger
    }
}
