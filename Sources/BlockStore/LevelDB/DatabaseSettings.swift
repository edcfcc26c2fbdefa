/// What a LevelDB database is opened with. `Docs/formats` and the design's table say why these values.
package struct DatabaseSettings: Sendable {
    /// Bytes of a memtable; two may exist. LevelDB clips it to 64 KiB to 1 GiB.
    package var writeBufferByteCount: Int
    /// Bytes of the batches that are written to it, a usual one at its largest.
    package var batchByteCountMax: Int
    /// Bytes of a table that a compaction writes. LevelDB clips it to 1 MiB to 1 GiB.
    package var fileByteCountMax: Int
    /// Bytes of a block inside a table; one larger value is a block of its own.
    package var blockByteCount = 4096
    /// Whether blocks are compressed with Snappy.
    package var compresses: Bool
    /// Bits a key of the Bloom filter; 0 for none.
    package var filterBitsPerKey: Int32
    /// Bytes of LevelDB's own cache of blocks.
    package var cacheByteCount: Int
    /// Table files that may be open at once. LevelDB clips it to 74 to 50,000.
    package var openFileCountMax: Int32
    /// Whether LevelDB checks its checksum when one value is read; it always does in scans and
    /// compactions.
    package var verifiesReads = true

    /// The most that memtables and cache take: the memtable that is full is being written while the
    /// next one fills, and each may go over its size by the batch that fills it.
    package var memoryBytesMax: Int {
        2 * (writeBufferByteCount + batchByteCountMax) + cacheByteCount
    }

    /// The settings of `blocks/`: large values, keys in order of arrival.
    ///
    /// - Parameters:
    ///   - writeBufferByteCount: bytes of a memtable.
    ///   - openFileCountMax: table files open at once.
    /// - Returns: no compression and no filter: blocks hardly compress, the index knows the key. No
    ///   check by LevelDB of single reads: `StoredValue` has a faster one. No cache of LevelDB's:
    ///   `BlockCache` is one, and LevelDB's keeps the last value of each of its 16 shards whatever
    ///   its size, 512 MiB of the largest blocks.
    package static func log(
        writeBufferByteCount: Int, openFileCountMax: Int32
    ) -> DatabaseSettings {
        DatabaseSettings(
            writeBufferByteCount: writeBufferByteCount,
            batchByteCountMax: Limits.keptBatchBytesMax, fileByteCountMax: 32 << 20,
            compresses: false, filterBitsPerKey: 0, cacheByteCount: 0,
            openFileCountMax: openFileCountMax, verifiesReads: false)
    }

    /// The settings of `meta/`: small values, keys in no order.
    ///
    /// - Parameters:
    ///   - writeBufferByteCount: bytes of a memtable.
    ///   - openFileCountMax: table files open at once.
    /// - Returns: compression, and a filter for the many look-ups that find nothing.
    package static func meta(
        writeBufferByteCount: Int, openFileCountMax: Int32
    ) -> DatabaseSettings {
        DatabaseSettings(
            writeBufferByteCount: writeBufferByteCount,
            batchByteCountMax: Limits.changeBytesMax, fileByteCountMax: 8 << 20,
            compresses: true, filterBitsPerKey: 10, cacheByteCount: 16 << 20,
            openFileCountMax: openFileCountMax)
    }
}
