/// An immutable run of bytes that many holders share without copying.
///
/// Block payloads and HTTP bodies travel as `Bytes`: slicing shares the memory, which is released
/// with its last holder. Not for secrets (`Vault.Secret`), and not for small values that are built
/// up and changed (`[UInt8]`, `ByteWriter`).
///
/// - Invariant: `offset + count` never passes the end of the region, and the memory never changes
///   after the region was made; so reading it from several threads is safe.
@safe
package struct Bytes: Sendable {
    @usableFromInline let region: Region?
    @usableFromInline let offset: Int

    /// How many bytes there are.
    package let count: Int

    private init(region: Region?, offset: Int, count: Int) {
        self.region = region
        self.offset = offset
        self.count = count
    }

    /// No bytes at all; holds no memory.
    package static let empty = Bytes(region: nil, offset: 0, count: 0)

    /// Copies the bytes of an array.
    package init(_ array: [UInt8]) {
        unsafe self.init(copying: array.span.bytes)
    }

    /// Copies the UTF-8 form of a text.
    package init(utf8 text: some StringProtocol) {
        self.init(Array(text.utf8))
    }

    /// Copies what a span shows.
    package init(copying span: RawSpan) {
        guard span.byteCount > 0 else {
            self = .empty
            return
        }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: span.byteCount, alignment: 16)
        unsafe span.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: memory, count: source.count)
                .copyMemory(from: source)
        }
        unsafe self.init(adopting: memory, count: span.byteCount) { unsafe $0.deallocate() }
    }

    /// Takes over memory that a C library or a writer has filled. For fences.
    ///
    /// - Parameters:
    ///   - memory: where the bytes are.
    ///   - count: how many.
    ///   - capacity: bytes that the memory takes; nil for `count`.
    ///   - release: called once, on any thread, when the last slice has gone.
    @unsafe
    package init(
        adopting memory: UnsafeMutableRawPointer, count: Int, capacity: Int? = nil,
        release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
    ) {
        precondition(count >= 0, "a region cannot have a negative length")
        unsafe self.init(
            region: Region(memory: memory, byteCount: capacity ?? count, release: release),
            offset: 0, count: count)
    }

    /// Whether there are no bytes.
    package var isEmpty: Bool { count == 0 }

    /// The byte at an offset from the start of these bytes.
    @inlinable
    package subscript(index: Int) -> UInt8 {
        precondition(index >= 0 && index < count, "byte index out of range")
        return unsafe start[index]
    }

    /// A slice that shares the memory.
    package subscript(range: Range<Int>) -> Bytes {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "byte range out of range")
        guard !range.isEmpty else { return .empty }
        return Bytes(region: region, offset: offset + range.lowerBound, count: range.count)
    }

    /// Where a slice of these bytes stands in them; an empty one at their start.
    package func range(ofSlice slice: Bytes) -> Range<Int> {
        guard !slice.isEmpty else { return 0..<0 }
        let start = slice.offset - offset
        precondition(
            region === slice.region && start >= 0 && start + slice.count <= count,
            "a slice stands inside of what it was cut from")
        return start..<start + slice.count
    }

    /// Everything from `offset` on, sharing the memory.
    package func dropFirst(_ offset: Int) -> Bytes { self[min(offset, count)..<count] }

    /// The first `length` bytes (or all, if there are fewer), sharing the memory.
    package func prefix(_ length: Int) -> Bytes { self[0..<min(length, count)] }

    /// Lends the bytes to `body`; the span must not outlive the call.
    @inlinable @inline(__always)
    package func withSpan<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let buffer = unsafe UnsafeRawBufferPointer(start: count == 0 ? nil : start, count: count)
        return try body(unsafe buffer.bytes)
    }

    /// Lends the bytes as a buffer pointer, for calls into C. For fences.
    @unsafe @inlinable @inline(__always)
    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(start: count == 0 ? nil : start, count: count))
    }

    /// A copy as an array.
    package var array: [UInt8] {
        unsafe withUnsafeBytes { unsafe Array($0) }
    }

    /// The bytes read as UTF-8, or nil where they are not UTF-8.
    package var utf8Text: String? {
        withByteSpan { span in
            guard let text = try? UTF8Span(validating: span) else { return nil }
            return String(copying: text)
        }
    }

    /// Eight bytes from an offset as a number, most significant first.
    package func bigEndianWord(at index: Int) -> UInt64 { UInt64(bigEndian: load(at: index)) }

    /// The bytes of an integer in memory order.
    @inline(__always)
    func load<Value: FixedWidthInteger>(at index: Int) -> Value {
        precondition(
            index >= 0 && index + MemoryLayout<Value>.size <= count, "byte range out of range")
        return unsafe UnsafeRawPointer(start).loadUnaligned(
            fromByteOffset: index, as: Value.self)
    }

    @inlinable @inline(__always)
    var start: UnsafePointer<UInt8> {
        guard let region else { preconditionFailure("empty bytes have no start") }
        return unsafe UnsafePointer(
            region.memory.advanced(by: offset).assumingMemoryBound(to: UInt8.self))
    }
}

extension Bytes: Equatable {
    package static func == (left: Bytes, right: Bytes) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { a in
            unsafe right.withUnsafeBytes { b in unsafe a.elementsEqual(b) }
        }
    }
}

extension Bytes: Hashable {
    package func hash(into hasher: inout Hasher) {
        unsafe withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }
}

extension Bytes: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: UInt8...) { self.init(elements) }
}

extension Bytes: CustomStringConvertible {
    /// Only the length: contents do not belong in logs.
    package var description: String { "\(count) bytes" }
}

/// Owns one piece of memory and gives it back when the last `Bytes` over it has gone.
///
/// `@unchecked Sendable` because the memory is never written after this object was made, and the
/// release function may be called on any thread.
@safe @usableFromInline
final class Region: @unchecked Sendable {
    @usableFromInline let memory: UnsafeMutableRawPointer
    /// Bytes that the memory takes.
    let byteCount: Int
    private let release: @Sendable (UnsafeMutableRawPointer) -> Void

    init(
        memory: UnsafeMutableRawPointer, byteCount: Int,
        release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
    ) {
        unsafe self.memory = unsafe memory
        self.byteCount = byteCount
        unsafe self.release = unsafe release
    }

    deinit { unsafe release(memory) }
}
