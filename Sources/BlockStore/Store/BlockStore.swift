import Buffers
import Execution
import Multiformats
import Synchronization
import Telemetry

/// The store of blocks and pins: a log of blocks in LevelDB, and an index that follows it.
///
/// Any thread may call it; every call may block on the disk. What a call acknowledges survives a
/// power cut. `Docs/formats/blocks.md` and `meta.md` describe the disk.
///
/// - Spec: `Docs/decisions/0004-one-log-with-followers.md`, 0005, 0014 to 0020.
package final class BlockStore: Sendable {
    /// How it was opened.
    package let options: BlockStoreOptions
    let log: LogLane
    let meta: MetaLane
    let cache: BlockCache
    let disk: any StoreDisk
    let freeSpace: FreeSpace
    let quarantine: Quarantine
    let unreadable: UnreadableBlocks
    let claims = RowClaims()
    let recentPins = Locked(RecentPins())
    /// Roots that are being pinned, of each call that does so.
    let pinHolds = Locked<[PinHold]>([])
    private let memtableFlush = MemtableFlush()
    /// What the last opening had to do.
    package let recovery: RecoveryReport

    init(
        options: BlockStoreOptions, log: LogLane, meta: MetaLane, context: LaneContext,
        recovery: RecoveryReport
    ) {
        self.options = options
        self.log = log
        self.meta = meta
        self.recovery = recovery
        disk = context.disk
        freeSpace = context.freeSpace
        quarantine = context.quarantine
        unreadable = context.unreadable
        cache = BlockCache(byteCount: options.cacheByteCount)
    }

    deinit { close() }

    /// Whether the store takes writes, and if not, why.
    package var health: BlockStoreHealth {
        guard let error = log.state.withLock({ $0.writeRefusal }) else { return .writable }
        return error.code == .closed ? .closed : .readOnly(error)
    }

    /// Blocks that failed a check and are not served. Known without a look at the disk.
    package var quarantinedCount: Int { quarantine.count }

    /// What is known to have been damaged since the repository was made, or since somebody last removed the
    /// notes of it. Known without a look at the disk.
    package var damage: [String] { disk.damage }

    /// Figures that are known without counting.
    ///
    /// - Blocking: until the system tells how much of the disk is free.
    package var statistics: BlockStoreStatistics {
        let state = log.state.withLock {
            ($0.blockCount, $0.byteCount, $0.durableThrough, $0.indexedThrough)
        }
        return BlockStoreStatistics(
            blockCount: state.0, byteCount: state.1, quarantinedCount: quarantinedCount,
            freeByteCount: freeSpace.byteCount, lastSequence: state.2, indexedSequence: state.3)
    }

    /// Gives up most of the memory for hot blocks and of that of the databases, or takes it again. Returns
    /// at once: what is in the memtables gets into tables on a thread of its own.
    ///
    /// - Parameter isSmall: whether the process is short of memory: the cache holds a quarter of what it
    ///   may, and memtables are written before they are full.
    package func keepSmall(_ isSmall: Bool) {
        cache.keepSmall(isSmall)
        log.isShortOfMemory.store(isSmall, ordering: .relaxed)
        guard isSmall else { return }
        memtableFlush.start { [holders = [log.holder, meta.holder]] in
            for holder in holders { holder.currentIfOpen?.flush() }
        }
    }

    /// Whether the process is short of memory, as `keepSmall` was told last.
    var isShortOfMemory: Bool { log.isShortOfMemory.load(ordering: .relaxed) }

    /// Writes what is queued and the rest of the index, and closes both databases; again is harmless.
    ///
    /// - Blocking: until the last write; reads that are running end first.
    package func close() {
        log.close()
        meta.close()
        if options.durability == .os { endDoubt() }
        meta.holder.close(flushing: true)
        log.holder.close(flushing: true)
    }

    /// Makes everything durable that was written without a sync, and says so.
    private func endDoubt() {
        guard let metaDatabase = try? meta.holder.current(),
            let logDatabase = try? log.holder.current()
        else { return }
        logDatabase.flush()
        metaDatabase.flush()
        var batch = WriteBatch()
        batch.delete(MetaKey.indexDoubt)
        try? metaDatabase.write(batch, isSynced: true)
    }
}
