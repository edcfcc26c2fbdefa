import Buffers
import Execution
import Multiformats
import Telemetry

extension BlockStore {
    /// Opens the store of a repository.
    ///
    /// - Parameter options: folder and settings.
    /// - Throws: `.lockedByProcess` when another process has it open, `.corrupt` when a database is
    ///   damaged beyond what a repair can do, `.folder` when it or a part of it is not there,
    ///   `.newerVersion`, `.readError`.
    /// - Complexity: after a clean stop, a few file opens. After any other, LevelDB replays its logs
    ///   (up to a memtable each), and what lies above the high-water mark is read.
    package static func open(_ options: BlockStoreOptions) throws(BlockStoreError) -> BlockStore {
        Limits.check()
        return try inFolder(options.folder) {
            let opening = Opening(options)
            if options.makesIfMissing { try opening.make() }
            return try opening.run()
        }
    }

    /// Makes the empty databases of a new repository; those that are there already stay as they are,
    /// so a making that was broken off can be repeated. When it returns, they are on disk.
    ///
    /// - Parameter options: folder and settings.
    /// - Throws: `.folder` when there are parts of a database, `.readError`, `.diskFull`.
    package static func make(_ options: BlockStoreOptions) throws(BlockStoreError) {
        try inFolder(options.folder) { try Opening(options).make() }
    }

    private static func inFolder<Result>(
        _ folder: String, _ body: () throws -> Result
    ) throws(BlockStoreError) -> Result {
        do {
            return try body()
        } catch let error as BlockStoreError {
            throw error
        } catch let error as DatabaseError {
            throw error.openError(in: folder)
        } catch {
            throw BlockStoreError(.folder, "the folder \(folder) cannot be used: \(error)")
        }
    }
}

/// The steps of opening a store.
private struct Opening {
    let options: BlockStoreOptions
    private let disk: any StoreDisk

    init(_ options: BlockStoreOptions) {
        self.options = options
        disk = options.disk ?? FolderDisk(options)
    }

    func make() throws { try disk.make() }

    func run() throws -> BlockStore {
        // All of them, before anything touches the first.
        try disk.expectDatabases()
        let (meta, blocks, recovery) = try openDatabases()
        let context = context(quarantine: Quarantine(recovery.quarantined))
        var state = LogState(lastSequence: recovery.lastSequence, mark: recovery.mark)
        for sequence in recovery.removals { state.rows.collect(sequence) }
        let log = LogLane(
            holder(of: .blocks, blocks),
            state: state, context: context)
        let metaLane = MetaLane(
            holder(of: .meta, meta), mark: recovery.mark, log: log, context: context,
            indexDelay: options.indexDelay)
        metaLane.startThread()
        log.start { metaLane.blocksWait($0) }
        let store = BlockStore(
            options: options, log: log, meta: metaLane, context: context,
            recovery: recovery.report)
        if let registry = options.metrics { store.addMetrics(to: registry) }
        return store
    }

    /// Opens both, with an empty `meta/` in the place of one that is damaged: it is made anew from the log.
    private func openDatabases() throws -> (any Database, any Database, Recovery) {
        let meta = try openMeta()
        do {
            let (blocks, recovery) = try openBlocks(meta)
            return (meta, blocks, recovery)
        } catch let error as OlderMeta {
            return try openAnew(meta, after: error.damage)
        } catch let error as DatabaseError {
            // What `blocks/` does is not to be taken for damage of `meta/`.
            guard error.isOfTable, let damage = try MetaCheck(meta).damage() else { throw error }
            return try openAnew(meta, after: damage)
        }
    }

    private func openAnew(
        _ meta: any Database, after damage: DatabaseError
    ) throws -> (any Database, any Database, Recovery) {
        meta.close()
        try disk.replace(.meta, after: damage)
        let empty = try disk.open(.meta)
        let (blocks, recovery) = try openBlocks(empty)
        return (empty, blocks, recovery)
    }

    /// What is damaged at one look only may be a memory that flips bits.
    private func openMeta() throws -> any Database {
        do {
            return try openDoubted()
        } catch let error as DatabaseError where error.isDamage {
            do {
                return try openDoubted()
            } catch let error as DatabaseError where error.isDamage {
                try disk.replace(.meta, after: error)
                return try disk.open(.meta)
            }
        }
    }

    private func openDoubted() throws -> any Database {
        let meta = try disk.open(.meta)
        guard try disk.isDoubted(.meta), let damage = try MetaCheck(meta).damage() else {
            return meta
        }
        meta.close()
        throw DatabaseError(kind: .corruption, message: damage.message)
    }

    /// Opens `blocks/` and brings the index to where it is; where a damaged table keeps it from that, once
    /// more without what is damaged. What is lost by that is found by the check that is owed then.
    private func openBlocks(_ meta: any Database) throws -> (any Database, Recovery) {
        let blocks = try disk.open(.blocks)
        do {
            return (blocks, try recover(blocks, meta))
        } catch let error as OlderMeta {
            blocks.close()
            throw error
        } catch let error as DatabaseError {
            guard isOf(blocks, error),
                let damage = disk.damage(of: .blocks, after: error, isEnding: { false })
            else { throw error }
            blocks.close()
            try disk.cutOut(damage, of: .blocks)
            let mended = try disk.open(.blocks)
            return (mended, try recover(mended, meta))
        }
    }

    /// Whether `blocks/` is what failed: for `meta/` not all of it is to be read.
    private func isOf(_ blocks: any Database, _ error: DatabaseError) -> Bool {
        error.message.contains("/\(DatabaseName.blocks.rawValue)/")
            || (try? LogScan(blocks).lastSequence()) == nil
    }

    private func recover(_ blocks: any Database, _ meta: any Database) throws -> Recovery {
        var doubt = try meta.value(for: MetaKey.indexDoubt).map(IndexDoubt.init(decoding:))
        var repaired = try disk.repairedDatabases()
        if !repaired.isEmpty { doubt = .repaired }
        var recovery = try Recovery(
            blocks: blocks, meta: meta, now: options.clock.time, log: options.log,
            noteDamage: disk.noteDamage)
        // Where everything is compared, or was not synced, it is no news that one of the two lacks something.
        if recovery.isMetaOlder, doubt != .unsynced {
            guard doubt != nil else { throw OlderMeta() }
            // What a damaged log lacks an older `meta/` may have.
            try disk.mistrust(.meta)
            repaired.insert(.meta)
        }
        let isCutOff = recovery.isLogCutOff && doubt != .unsynced
        if isCutOff {
            // A start that is broken off leaves a log that goes further again, and does not have all.
            try disk.mistrust(.blocks)
            repaired.insert(.blocks)
        }
        try recovery.run(
            checksEverything: doubt != nil, trustsLog: doubt == .unsynced,
            truth: doubt == .unsynced ? .log : RowRecovery.Truth(after: repaired))
        tellLoss(recovery.report, after: repaired)
        let left: IndexDoubt? = options.durability == .os ? .unsynced : nil
        if left != doubt { try set(left, in: meta) }
        let wasDoubted = try disk.isDoubted(.meta)
        // Last: a crash during the check leads to another one.
        if !repaired.isEmpty || wasDoubted { try disk.checkEnded() }
        return recovery
    }

    private func tellLoss(_ report: RecoveryReport, after repaired: Set<DatabaseName>) {
        // A cut end has been told as such.
        if report.lostBlockCount > 0, !repaired.isEmpty, report.didCheckEverything {
            disk.noteDamage(
                "\(report.lostBlockCount) blocks are missing in blocks/: restore them from a replica, or "
                    + "store them again; `holdfast repo verify` names them")
        }
        if report.damagedValueCount > 0, repaired.contains(.meta) {
            disk.noteDamage(
                "\(report.damagedValueCount) places of blocks/ could not be read while meta/ was made "
                    + "anew or compared with it: blocks and pins that were there may be missing; compare "
                    + "with a backup, store and pin them again")
        }
    }

    private func set(_ doubt: IndexDoubt?, in meta: any Database) throws(DatabaseError) {
        var batch = WriteBatch()
        if let doubt {
            batch.put(MetaKey.indexDoubt, [doubt.rawValue])
        } else {
            batch.delete(MetaKey.indexDoubt)
        }
        try meta.write(batch, isSynced: true)
    }

    private func holder(of name: DatabaseName, _ database: any Database) -> DatabaseHolder {
        DatabaseHolder(
            database, name, on: disk, patience: options.reopenPatience, clock: options.clock)
    }

    private func context(quarantine: Quarantine) -> LaneContext {
        LaneContext(
            isSynced: options.durability == .synced,
            reopenDelay: options.reopenDelay,
            reopenByteCount: 2 * options.logWriteBufferByteCount,
            disk: disk,
            freeSpace: FreeSpace(
                disk, folder: options.folder, reserve: options.reserveByteCount),
            quarantine: quarantine, clock: options.clock, log: options.log)
    }
}

/// `meta/` lacks changes that it had on disk when the log was written last.
private struct OlderMeta: Error {
    var damage: DatabaseError {
        DatabaseError(
            kind: .corruption,
            message: "it is older than blocks/, or has lost what came last: what was removed since "
                + "would be back")
    }
}

extension RowRecovery.Truth {
    /// What is believed when databases were repaired: the other one is whole.
    fileprivate init(after repaired: Set<DatabaseName>) {
        self = repaired == [.meta] ? .log : repaired == [.blocks] ? .meta : .neither
    }
}

/// Why the index has to be compared with the whole log at the next start. The value of table `f`.
private enum IndexDoubt: UInt8 {
    /// Writes are not synced, and the store has not been closed since.
    case unsynced = 1
    /// Damaged records of a log were left out, and the check has not ended. Written by earlier versions
    /// only: `RepairMark` says it now.
    case repaired = 2

    /// Anything unknown asks for the careful check.
    init(decoding value: Bytes) {
        self = value == [IndexDoubt.unsynced.rawValue] ? .unsynced : .repaired
    }
}

extension DatabaseError {
    /// Whether it says that the database itself is wrong; a disk that fails says nothing about it.
    fileprivate var isDamage: Bool { kind == .corruption }

    /// What the one who opened the store is told.
    fileprivate func openError(in folder: String) -> BlockStoreError {
        switch kind {
        case .locked where isOwnLock:
            return BlockStoreError(
                .lockedByProcess(nil), "\(folder) is open in this process already")
        case .locked:
            let process = ["/meta", "/blocks"].lazy
                .compactMap { LockHolder.process(holding: folder + $0 + "/LOCK") }.first
            let who = process.map { "process \($0)" } ?? "another process"
            return BlockStoreError(
                .lockedByProcess(process), "\(folder) is in use by \(who): stop it first")
        case .corruption:
            return BlockStoreError(
                .corrupt,
                "the database in \(folder) is damaged (\(message)): check the disk, then restore it "
                    + "from a replica or a backup")
        case .missing:
            return BlockStoreError(
                .folder,
                "the store in \(folder) is not complete (\(message)): mount what belongs there, or "
                    + "restore it from a backup; nothing was changed. `holdfast init` makes a database "
                    + "that is gone anew, empty, once \(folder)/version has been removed")
        case .inputOutput where isDiskFull:
            return BlockStoreError(
                .diskFull(missingByteCount: 1),
                "the disk that holds \(folder) is full, and a database needs room to be opened "
                    + "(\(message)): free space, then try again")
        default:
            return BlockStoreError(
                .readError,
                "the database in \(folder) cannot be opened (\(message)): nothing was deleted; check "
                    + "the disk and who may read the folder, then try again")
        }
    }
}
