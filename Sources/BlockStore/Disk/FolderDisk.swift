import Execution

/// The databases of a store in its folder.
struct FolderDisk: StoreDisk {
    private let folder: String
    private let repair: DatabaseRepair
    /// Of `blocks/` alone. What is cut out of `meta/` would take pins away without a word: it stays as it
    /// is. A block is found missing when it is read, and healed by storing it again.
    private let blocksRepair: TableRepair
    private let options: BlockStoreOptions

    init(_ options: BlockStoreOptions) {
        self.options = options
        folder = options.folder
        repair = DatabaseRepair(folder: options.folder, log: options.log, now: options.now)
        blocksRepair = TableRepair(
            "\(options.folder)/\(DatabaseName.blocks.rawValue)", mark: repair.mark,
            log: options.log, now: options.now, note: repair.note)
    }

    func make() throws {
        try File.makeFolder(folder)
        for name in [DatabaseName.meta, .blocks] {
            try DatabaseFolder(path: path(name)).make(options.settings(of: name))
        }
    }

    func expectDatabases() throws {
        for name in [DatabaseName.meta, .blocks] {
            let folder = DatabaseFolder(path: path(name))
            guard try folder.holdsDatabase() else { throw folder.isEmpty }
        }
        LevelDatabase.probeBackgroundThread()
    }

    func open(_ name: DatabaseName) throws(DatabaseError) -> any Database {
        let database = try repair.open(path(name), options.settings(of: name))
        database.startBackgroundThread()
        return database
    }

    func damage(
        of name: DatabaseName, after cause: DatabaseError, isEnding: () -> Bool
    ) -> TableDamage? {
        name == .blocks ? blocksRepair.damage(after: cause, isEnding: isEnding) : nil
    }

    func cutOut(_ damage: TableDamage, of name: DatabaseName) throws(DatabaseError) {
        guard name == .blocks else { return }
        do throws(FileError) { try blocksRepair.cutOut(damage) } catch {
            throw DatabaseError(error)
        }
    }

    func repairedDatabases() throws -> Set<DatabaseName> { try repair.mark.databases() }

    func checkEnded() throws { try repair.mark.clear() }

    var damage: [String] { repair.notes.lines }

    func noteDamage(_ finding: String) { repair.note(finding) }

    var freeByteCount: Int? { (try? File.freeByteCount(at: folder)).map { Int(clamping: $0) } }

    private func path(_ name: DatabaseName) -> String { "\(folder)/\(name.rawValue)" }
}
