import CLevelDB

/// A walk over the keys of a database of LevelDB.
@safe
final class LevelIterator: DatabaseIterator {
    private let database: LevelDatabase
    private let pointer: OpaquePointer?

    /// Takes over an iterator that the database has announced.
    init(_ pointer: OpaquePointer?, of database: LevelDatabase) {
        unsafe self.pointer = pointer
        self.database = database
    }

    deinit {
        unsafe leveldb_iter_destroy(pointer)
        database.iteratorEnded()
    }

    /// Whether it stands on an entry. False at the end and after an error: `check` tells which.
    var isValid: Bool { unsafe leveldb_iter_valid(pointer) != 0 }

    /// Goes to the first key that is not before `key`.
    func seek(_ key: Key) {
        unsafe key.withChars { unsafe leveldb_iter_seek(pointer, $0, $1) }
    }

    /// Goes to the last key.
    func seekToLast() { unsafe leveldb_iter_seek_to_last(pointer) }

    /// Goes to the next key.
    func next() { unsafe leveldb_iter_next(pointer) }

    /// Goes to the key before.
    func previous() { unsafe leveldb_iter_prev(pointer) }

    /// The key, copied.
    var key: Key {
        var count = 0
        let chars = unsafe leveldb_iter_key(pointer, &count)
        return Key(unsafe Array(UnsafeRawBufferPointer(start: chars, count: count)))
    }

    /// Lends the value where LevelDB has it; valid until the iterator moves.
    func withValue<Result>(_ body: (RawSpan) -> Result) -> Result {
        var count = 0
        let chars = unsafe leveldb_iter_value(pointer, &count)
        return body(unsafe UnsafeRawBufferPointer(start: chars, count: count).bytes)
    }

    /// Throws what stopped the walk, if anything but the end did.
    func check() throws(DatabaseError) {
        var status = StatusSlot()
        unsafe try status.check { unsafe leveldb_iter_get_error(pointer, $0) }
    }
}
