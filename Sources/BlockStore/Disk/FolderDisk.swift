import Execution
import Telemetry

/// The databases of a store in its folder.
struct FolderDisk: StoreDisk {
    private let folder: String
    private let repair: DatabaseRepair
    /// Of `blocks/` alone: `meta/` is made anew as a whole. A block is found missing when it is read, and
    /// healed by storing it again.
    private let blocksRepair: TableRepair
    private let options: BlockStoreOptions
    /// So that who meets damage again and again writes once.
    private let isMetaDoubted = Locked(false)

    init(_ options: BlockStoreOptions) {
        self.options = options
        folder = options.folder
        let repair = DatabaseRepair(
            folder: options.folder, isSynced: options.durability == .synced, log: options.log,
            clock: options.clock)
        self.repair = repair
        blocksRepair = TableRepair(
            "\(options.folder)/\(DatabaseName.blocks.rawValue)", mark: repair.mark,
            log: options.log, clock: options.clock
        ) { finding throws(FileError) in try repair.keep(finding) }
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
            if try folder.holdsDatabase() { continue }
            guard name == .meta, try replacement.finish() else { throw folder.isEmpty }
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
        guard name == .meta else { return blocksRepair.damage(after: cause, isEnding: isEnding) }
        if cause.isOfTable { doubt(.meta, because: cause) }
        return nil
    }

    func cutOut(_ damage: TableDamage, of name: DatabaseName) throws(DatabaseError) {
        guard name == .blocks else { return }
        do throws(FileError) { try blocksRepair.cutOut(damage) } catch {
            throw DatabaseError(error)
        }
    }

    func repairedDatabases() throws -> Set<DatabaseName> { try repair.mark.databases() }

    func mistrust(_ name: DatabaseName) throws {
        try repair.mark.add([name == .meta ? .meta : .blocks])
    }

    func replace(_ name: DatabaseName, after damage: DatabaseError) throws(DatabaseError) {
        // Nothing else has a copy of blocks.
        guard name == .meta else { throw damage }
        let place: String
        do throws(FileError) {
            place = try replacement.run { place throws(FileError) in
                try repair.keep(
                    "meta/ was damaged (\(damage.message)) and is made anew from blocks/: the index, pins and "
                        + "counters. Which blocks were in quarantine, and how far the scrubber had come, is "
                        + "forgotten; what it was is in \(place)")
            }
        } catch {
            throw DatabaseError(error)
        }
        guard try replacement.finish() else { throw damage }
        options.log.error(
            "meta/ is damaged and is made anew from blocks/, all of which is read for that",
            [.text("damage", damage.message), .text("damagedDatabaseKeptIn", place)])
    }

    private var replacement: DatabaseReplacement {
        DatabaseReplacement(
            path: path(.meta), settings: options.settings(of: .meta), mark: repair.mark,
            now: options.clock.time)
    }

    func doubt(_ name: DatabaseName, because damage: DatabaseError) {
        guard name == .meta else { return }
        noteDamage(
            "meta/ is damaged (\(damage.message)): it is made anew from blocks/ at the next start, so "
                + "restart the node; check the disk")
        let wasDoubted = isMetaDoubted.withLock { isDoubted in
            defer { isDoubted = true }
            return isDoubted
        }
        guard !wasDoubted else { return }
        do throws(FileError) { try repair.mark.add([.doubtedMeta]) } catch {
            isMetaDoubted.withLock { $0 = false }
            options.log.error(
                "that meta/ is damaged could not be kept", [.text("error", error.description)])
        }
    }

    func isDoubted(_ name: DatabaseName) throws -> Bool {
        try name == .meta && repair.mark.lines().contains(.doubtedMeta)
    }

    func checkEnded() throws { try repair.checkEnded() }

    var damage: [String] { repair.notes.lines }

    func noteDamage(_ finding: String) { repair.note(finding) }

    var freeByteCount: Int? { (try? File.freeByteCount(at: folder)).map { Int(clamping: $0) } }

    private func path(_ name: DatabaseName) -> String { "\(folder)/\(name.rawValue)" }
}
