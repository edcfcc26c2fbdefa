import Buffers

/// Looks through all of `meta/`, so that damage that was met once is not believed without a second look.
struct MetaCheck {
    private let meta: any Database

    init(_ meta: any Database) { self.meta = meta }

    /// What is damaged; nil where nothing is.
    ///
    /// - Throws: what is no damage: the disk does not give it.
    /// - Complexity: reads the whole database.
    func damage() throws(DatabaseError) -> DatabaseError? {
        do throws(DatabaseError) {
            let iterator = try meta.makeIterator()
            iterator.seek(Key([]))
            var damage: DatabaseError?
            while iterator.isValid {
                if damage == nil, !isReadable(iterator) {
                    damage = DatabaseError(kind: .corruption, message: "an entry has no known form")
                }
                iterator.next()
            }
            try iterator.check()
            return damage
        } catch {
            guard error.isOfTable else { throw error }
            return error
        }
    }

    private func isReadable(_ iterator: any DatabaseIterator) -> Bool {
        guard let letter = iterator.key.bytes.first else { return false }
        if letter == MetaKey.indexTable { return IndexEntry(decoding: iterator.value) != nil }
        if iterator.key == MetaKey.highWaterMark {
            return HighWaterMark(decoding: iterator.value) != nil
        }
        if MetaKey.storeTables.contains(letter) { return true }
        guard let row = MetaRow(decoding: iterator.value) else { return false }
        // What stands in other rows their owners know, and the log has it.
        return letter != FollowerCursor.table.letter
            || FollowerCursor.table.row(iterator.key, row.record) != nil
    }
}
