import Execution

/// Puts an empty database in the place of `meta/` where that cannot be used: what it held is made anew from
/// the log. What it was is kept beside it.
///
/// A crash on the way leaves either of them, or none and the mark that says that one is to be made.
///
/// - Spec: `Docs/decisions/0020-rows-are-entries-of-the-log.md`.
struct DatabaseReplacement {
    let path: String
    let settings: DatabaseSettings
    let mark: RepairMark
    let now: WallTime

    /// Moves the database away; nobody has it open.
    ///
    /// - Parameter keep: keeps what was found, and gets where the database is going to be. Nothing is moved if it
    ///   throws.
    /// - Returns: where it is now.
    func run(_ keep: (String) throws(FileError) -> Void) throws(FileError) -> String {
        try mark.add([.meta, .movedMeta])
        let place = try DamagedCopies(path: path, now: now).newPlace()
        // Who has it open keeps it.
        let lock = try File(path + "/LOCK", .append)
        guard try lock.tryRecordLock() else {
            throw FileError(operation: "lock", path: path + "/LOCK", number: FileError.damaged)
        }
        try keep(place)
        try File.rename(path, to: place)
        try File.syncFolder(File.folder(of: path))
        withExtendedLifetime(lock) {}
        return place
    }

    /// Makes the empty database where one was moved away and none is there.
    ///
    /// - Returns: false where none was moved.
    func finish() throws(DatabaseError) -> Bool {
        do throws(FileError) {
            guard try mark.lines().contains(.movedMeta) else { return false }
        } catch {
            throw DatabaseError(error)
        }
        try DatabaseFolder(path: path).make(settings)
        do throws(FileError) { try File.syncFolder(File.folder(of: path)) } catch {
            throw DatabaseError(error)
        }
        return true
    }
}
