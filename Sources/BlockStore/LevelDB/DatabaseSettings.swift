/// What a LevelDB database is opened with. `Docs/formats` and the design's table say why these values.
package struct DatabaseSettings: Sendable {
    /// Bytes of a memtable; two may exist. LevelDB clips it to 64 KiB to 1 GiB.
    package var writeBufferByteCount: Int
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
    /// Whether any damage makes the open fail, instead of being dropped without a word.
    package var isParanoid = true

    /// The settings of `blocks/`: large values, keys in order of arrival.
    ///
    /// - Parameters:
    ///   - writeBufferByteCount: bytes of a memtable.
    ///   - openFileCountMax: table files open at once.
    /// - Returns: no compression and no filter: blocks hardly compress, the index knows the key. No
    ///   check by LevelDB of single reads: `StoredValue` has a faster one.
    package static func log(
        writeBufferByteCount: Int, openFileCountMax: Int32
    ) -> DatabaseSettings {
        DatabaseSettings(
            writeBufferByteCount: writeBufferByteCount, fileByteCountMax: 32 << 20,
            compresses: false, filterBitsPerKey: 0, cacheByteCount: 8 << 20,
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
            writeBufferByteCount: writeBufferByteCount, fileByteCountMax: 8 << 20,
            compresses: true, filterBitsPerKey: 10, cacheByteCount: 16 << 20,
            openFileCountMax: openFileCountMax)
    }
}
