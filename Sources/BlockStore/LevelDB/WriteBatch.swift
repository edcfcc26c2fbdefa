package import Buffers
import CLevelDB

/// Changes that LevelDB applies together. Made, filled and written by one thread.
///
/// Reused by its lane: `clear` keeps the memory, so that a full batch is not allocated each time. It
/// keeps no more than a usual batch needs: one block of 32 MiB would stay three times for ever.
@safe
package struct WriteBatch: ~Copyable {
    private(set) var pointer: OpaquePointer?
    private var scratch: UnsafeMutableRawBufferPointer

    /// How many changes it holds.
    package private(set) var count = 0
    /// About how many bytes it holds.
    package private(set) var byteCount = 0

    package init() {
        unsafe pointer = leveldb_writebatch_create()
        unsafe scratch = .allocate(byteCount: 4096, alignment: 16)
    }

    deinit {
        unsafe leveldb_writebatch_destroy(pointer)
        unsafe scratch.deallocate()
    }

    /// Forgets all changes.
    package mutating func clear() {
        if byteCount > Limits.keptBatchBytesMax {
            unsafe leveldb_writebatch_destroy(pointer)
            unsafe pointer = leveldb_writebatch_create()
        } else {
            unsafe leveldb_writebatch_clear(pointer)
        }
        count = 0
        byteCount = 0
    }

    /// Sets a value.
    package mutating func put(_ key: Key, _ value: Bytes) {
        unsafe value.withUnsafeBytes { unsafe put(key, $0) }
    }

    /// Sets a value that is a short header with a payload behind it.
    ///
    /// LevelDB wants a value in one piece: the two meet in a scratch space that stays in the
    /// processor's cache, and are copied once more, into the batch.
    ///
    /// - Parameters:
    ///   - key: where.
    ///   - header: copied before the payload.
    ///   - payload: as it is; let go of as soon as it is in the scratch space, since the batch takes
    ///     the memory of a large one once more.
    package mutating func put(_ key: Key, header: Bytes, payload: consuming Bytes) {
        let count = header.count + payload.count
        reserveScratch(count)
        unsafe header.withUnsafeBytes { unsafe scratch.copyMemory(from: $0) }
        unsafe payload.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[header.count...])
                .copyMemory(from: source)
        }
        _ = consume payload
        unsafe put(key, UnsafeRawBufferPointer(rebasing: scratch[..<count]))
        // Before the write: LevelDB copies the batch once more.
        if count > Limits.keptScratchBytesMax { resizeScratch(to: 4096) }
    }

    /// Removes a key; absent is harmless.
    package mutating func delete(_ key: Key) {
        unsafe key.withChars { chars, length in
            unsafe leveldb_writebatch_delete(pointer, chars, length)
        }
        count += 1
        byteCount += key.bytes.count + Self.frameByteCount
    }

    /// Shows the changes in order: a value, or nil where a key is removed.
    package func forEach(_ body: (Key, Bytes?) -> Void) {
        withoutActuallyEscaping(body) { body in
            var visitor = Visitor(body: body)
            unsafe withUnsafeMutablePointer(to: &visitor) { visitor in
                unsafe leveldb_writebatch_iterate(
                    pointer, visitor,
                    { state, key, keyCount, value, count in
                        unsafe WriteBatch.visit(state, key, keyCount, value, count)
                    },
                    { state, key, keyCount in
                        unsafe WriteBatch.visit(state, key, keyCount, nil, 0)
                    })
            }
        }
    }

    private struct Visitor { let body: (Key, Bytes?) -> Void }

    @unsafe
    private static func visit(
        _ state: UnsafeMutableRawPointer?, _ key: UnsafePointer<CChar>?, _ keyCount: Int,
        _ value: UnsafePointer<CChar>?, _ count: Int
    ) {
        guard let visitor = unsafe state?.assumingMemoryBound(to: Visitor.self) else { return }
        let key = Key(unsafe Array(UnsafeRawBufferPointer(start: key, count: keyCount)))
        let value = unsafe value.map {
            Bytes(copying: unsafe UnsafeRawBufferPointer(start: $0, count: count).bytes)
        }
        unsafe visitor.pointee.body(key, value)
    }

    private mutating func put(_ key: Key, _ value: UnsafeRawBufferPointer) {
        unsafe key.withChars { chars, length in
            unsafe leveldb_writebatch_put(
                pointer, chars, length,
                value.baseAddress?.assumingMemoryBound(to: CChar.self), value.count)
        }
        count += 1
        byteCount += key.bytes.count + value.count + Self.frameByteCount
    }

    /// What LevelDB puts around a change: a tag and two lengths.
    private static var frameByteCount: Int { 8 }

    private mutating func reserveScratch(_ count: Int) {
        if count > (unsafe scratch.count) { resizeScratch(to: count) }
    }

    private mutating func resizeScratch(to count: Int) {
        unsafe scratch.deallocate()
        unsafe scratch = .allocate(byteCount: count, alignment: 16)
    }
}
