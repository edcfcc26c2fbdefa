package import Buffers
import CLevelDB

/// A walk over the keys of a database, in order, with checksums verified on the way.
///
/// Counts as a call in flight while it lives: keep it short, or `Database.close` waits.
@safe
package struct Iterator: ~Copyable {
    private let database: Database
    private let pointer: OpaquePointer?

    /// Starts before the first key; `seek` comes first.
    package init(_ database: Database) throws(DatabaseError) {
        unsafe pointer = try database.makeIteratorPointer()
        self.database = database
    }

    deinit {
        unsafe leveldb_iter_destroy(pointer)
        database.iteratorEnded()
    }

    /// Whether it stands on an entry. False at the end and after an error: `check` tells which.
    package var isValid: Bool { unsafe leveldb_iter_valid(pointer) != 0 }

    /// Goes to the first key that is not before `key`.
    package func seek(_ key: Key) {
        unsafe key.withChars { unsafe leveldb_iter_seek(pointer, $0, $1) }
    }

    /// Goes to the last key.
    package func seekToLast() { unsafe leveldb_iter_seek_to_last(pointer) }

    /// Goes to the next key.
    package func next() { unsafe leveldb_iter_next(pointer) }

    /// The key, copied.
    package var key: Key {
        var count = 0
        let chars = unsafe leveldb_iter_key(pointer, &count)
        return Key(unsafe Array(UnsafeRawBufferPointer(start: chars, count: count)))
    }

    /// The value, copied.
    package var value: Bytes { withValue { Bytes(copying: $0) } }

    /// Lends the value where LevelDB has it; valid until the iterator moves.
    package func withValue<Result>(_ body: (RawSpan) -> Result) -> Result {
        var count = 0
        let chars = unsafe leveldb_iter_value(pointer, &count)
        return body(unsafe UnsafeRawBufferPointer(start: chars, count: count).bytes)
    }

    /// Throws what stopped the walk, if anything but the end did.
    package func check() throws(DatabaseError) {
        var status = StatusSlot()
        unsafe try status.check { unsafe leveldb_iter_get_error(pointer, $0) }
    }

    /// What was damaged on the way, if anything was; a walk passes over it.
    ///
    /// - Throws: other errors than damage.
    package func corruption() throws(DatabaseError) -> String? {
        do {
            try check()
            return nil
        } catch {
            guard error.kind == .corruption else { throw error }
            return error.message
        }
    }
}
