/// The two databases of a store.
package enum DatabaseName: String, Sendable, CaseIterable {
    /// The log of blocks.
    case blocks
    /// Everything small: the index, pins.
    case meta
}

/// What a store keeps its databases on: a folder (`FolderDisk`), or in tests something that fails as they
/// say.
package protocol StoreDisk: Sendable {
    /// Makes the databases that have never been; those that are there stay as they are.
    func make() throws

    /// Looks whether all databases are there, before anything touches the first of them.
    func expectDatabases() throws

    /// Opens a database, and repairs its log where that is damaged.
    ///
    /// - Throws: `.locked` when it is open elsewhere, `.corruption` when it is damaged beyond that,
    ///   `.missing` when it or a part of it is not there, `.inputOutput` when the system does not tell.
    func open(_ name: DatabaseName) throws(DatabaseError) -> any Database

    /// Looks for damaged tables, when a write to a database has failed. Readers go on meanwhile.
    ///
    /// - Parameters:
    ///   - name: the database; open, and nothing is written to it.
    ///   - cause: why the write failed.
    ///   - isEnding: asked now and then; true ends the look.
    /// - Returns: what can be cut out; nil where nothing is damaged, or nothing may be cut out.
    /// - Complexity: may read the whole database.
    func damage(
        of name: DatabaseName, after cause: DatabaseError, isEnding: () -> Bool
    ) -> TableDamage?

    /// Leaves out the damaged parts of tables for good.
    ///
    /// - Parameters:
    ///   - damage: what was found.
    ///   - name: the database; closed.
    func cutOut(_ damage: TableDamage, of name: DatabaseName) throws(DatabaseError)

    /// The databases that have been repaired, or were about to be, while the log has not been compared with
    /// `meta/` since.
    func repairedDatabases() throws -> Set<DatabaseName>

    /// Has a database count as repaired: it may lack something. When it returns, that is on disk.
    func mistrust(_ name: DatabaseName) throws

    /// Puts an empty database in the place of one that cannot be used: `meta`, which can be made anew from the
    /// log. It counts as repaired until that has been done.
    ///
    /// - Parameters:
    ///   - name: the database; closed.
    ///   - damage: why.
    func replace(_ name: DatabaseName, after damage: DatabaseError) throws(DatabaseError)

    /// Asks for a database to be looked through before it is used the next time: somebody has met damage in
    /// it. Also for those that are in it now: what it is, they are told.
    func doubt(_ name: DatabaseName, because damage: DatabaseError)

    /// Whether that was asked for.
    func isDoubted(_ name: DatabaseName) throws -> Bool

    /// Everything was looked at that was asked for: that comparison has ended.
    func checkEnded() throws

    /// What is known to have been damaged, now and before, for whoever runs the node.
    var damage: [String] { get }

    /// Notes that something is damaged: one line, with what to do about it. A finding that is known is noted
    /// once.
    func noteDamage(_ finding: String)

    /// Free bytes; nil where the system does not tell.
    var freeByteCount: Int? { get }
}

extension StoreDisk {
    /// A disk without tables has no damaged ones.
    package func damage(
        of name: DatabaseName, after cause: DatabaseError, isEnding: () -> Bool
    ) -> TableDamage? { nil }

    /// Nothing was found.
    package func cutOut(_ damage: TableDamage, of name: DatabaseName) throws(DatabaseError) {}
}
