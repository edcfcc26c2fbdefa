package import Buffers

/// One open database: values under keys, in the order of the keys, and batches that are written whole or
/// not at all.
///
/// Any thread may call it. `LevelDatabase` is the one of the product; tests put one in its place that
/// fails as they say. After any error from a write it must not be written to again: it has to be closed,
/// and opened anew (`Lane` sees to that).
///
/// - Blocking: every call may read or write the disk.
package protocol Database: AnyObject, Sendable {
    /// Reads one value, with its checksum.
    ///
    /// - Parameter key: the key.
    /// - Returns: the value; nil if absent.
    /// - Throws: `.corruption`, `.inputOutput`, `.closed`.
    func value(for key: borrowing Key) throws(DatabaseError) -> Bytes?

    /// Writes a batch: all of it or nothing.
    ///
    /// - Parameters:
    ///   - batch: what to change.
    ///   - isSynced: whether it is on disk when the call returns.
    /// - Throws: any error means that this database must be reopened before the next write.
    func write(_ batch: borrowing WriteBatch, isSynced: Bool) throws(DatabaseError)

    /// Begins a walk over the keys as they are now; `seek` comes first.
    ///
    /// - Throws: `.closed`.
    func makeIterator() throws(DatabaseError) -> any DatabaseIterator

    /// Makes what was written durable, in a form that the next open need not replay.
    func flush()

    /// One of LevelDB's own figures, such as `leveldb.num-files-at-level0`.
    func property(_ name: String) -> String?

    /// Refuses new calls, waits for those in flight and closes it; again is harmless.
    func close()
}

/// A walk over the keys of a database, in order, with checksums verified on the way. It sees the database
/// as it was at its beginning.
///
/// Counts as a call in flight while it lives: keep it short, or `Database.close` waits. For one thread.
package protocol DatabaseIterator: AnyObject {
    /// Whether it stands on an entry. False at the end and after an error: `check` tells which.
    var isValid: Bool { get }

    /// Goes to the first key that is not before `key`.
    func seek(_ key: Key)

    /// Goes to the last key.
    func seekToLast()

    /// Goes to the next key.
    func next()

    /// Goes to the key before; not valid before the first.
    func previous()

    /// The key, copied.
    var key: Key { get }

    /// Lends the value where the database has it; valid until the iterator moves.
    func withValue<Result>(_ body: (RawSpan) -> Result) -> Result

    /// Throws what stopped the walk, if anything but the end did.
    func check() throws(DatabaseError)
}

extension DatabaseIterator {
    /// The value, copied.
    package var value: Bytes { withValue { Bytes(copying: $0) } }

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
