package import Execution
package import Telemetry

/// How a store is opened.
package struct BlockStoreOptions: Sendable {
    /// What a write waits for before it is acknowledged.
    package enum Durability: Sendable {
        /// Until it is on disk.
        case synced
        /// Until the operating system has it: for throw-away nodes. After an unclean stop the index
        /// is rebuilt from the log.
        case os
    }

    /// `$HOLDFAST_HOME`: the folder with `blocks/` and `meta/` in it.
    package var folder: String
    /// Whether databases are made that have never been: for a store that is nobody's repository. That
    /// of a repository is made by `BlockStore.make`, once.
    package var makesIfMissing = false
    /// Bytes of the cache of hot blocks.
    package var cacheByteCount = 64 << 20
    /// Free bytes of the disk that ordinary writes may not touch.
    package var reserveByteCount = 512 << 20
    /// What a write waits for.
    package var durability = Durability.synced
    /// Bytes of a memtable of `blocks/`; two may exist.
    package var logWriteBufferByteCount = 32 << 20
    /// Bytes of a memtable of `meta/`; two may exist.
    package var metaWriteBufferByteCount = 8 << 20
    /// Table files that each database may keep open.
    package var openFileCountMax: Int32 = 1000
    /// How long a failed database waits before it is reopened again.
    package var reopenDelay = Duration.seconds(1)
    /// How long reads wait for a database that is being reopened, from the begin of that on. It takes as
    /// long as replaying two memtables; a disk that is gone fails it again and again.
    package var reopenPatience = Duration.seconds(30)
    /// How long index entries may wait for company before they are written.
    package var indexDelay = Duration.milliseconds(500)
    /// What the store's own pauses are counted by, and the time of day that pins are stamped with.
    package var clock: any TimeSource = SystemTime()
    /// Where the databases are; in `folder` if not given.
    package var disk: (any StoreDisk)?
    /// Where repairs, damage and write errors are told.
    package var log = Log.silent
    /// Where the store's metrics are added; nil for none.
    package var metrics: MetricRegistry?

    package init(folder: String) { self.folder = folder }
}

extension BlockStoreOptions {
    /// What LevelDB opens a database with.
    func settings(of name: DatabaseName) -> DatabaseSettings {
        switch name {
        case .blocks:
            .log(
                writeBufferByteCount: logWriteBufferByteCount, openFileCountMax: openFileCountMax)
        case .meta:
            .meta(
                writeBufferByteCount: metaWriteBufferByteCount, openFileCountMax: openFileCountMax)
        }
    }
}
