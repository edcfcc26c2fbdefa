import CLevelDB

/// The pointers that belong to one open database, made together and destroyed in reverse order.
///
/// `@unchecked Sendable` because LevelDB's handle and option objects may be used from any thread
/// once they are made, and the pointers never change; `LevelDatabase` destroys them after its last call.
@safe
final class LevelHandles: @unchecked Sendable {
    private(set) var database: OpaquePointer?
    let scanOptions: OpaquePointer?
    let readOptions: OpaquePointer?
    let syncedWrite: OpaquePointer?
    let unsyncedWrite: OpaquePointer?
    private let options: OpaquePointer?
    private let cache: OpaquePointer?
    private let filter: OpaquePointer?

    /// - Parameter makesIfMissing: whether LevelDB makes a database where it finds none.
    init(_ settings: DatabaseSettings, makesIfMissing: Bool) {
        unsafe options = leveldb_options_create()
        unsafe cache = leveldb_cache_create_lru(settings.cacheByteCount)
        unsafe filter =
            settings.filterBitsPerKey > 0
            ? leveldb_filterpolicy_create_bloom(settings.filterBitsPerKey) : nil
        unsafe readOptions = leveldb_readoptions_create()
        unsafe scanOptions = leveldb_readoptions_create()
        unsafe syncedWrite = leveldb_writeoptions_create()
        unsafe unsyncedWrite = leveldb_writeoptions_create()
        unsafe database = nil
        unsafe leveldb_readoptions_set_verify_checksums(
            readOptions, settings.verifiesReads ? 1 : 0)
        unsafe leveldb_readoptions_set_verify_checksums(scanOptions, 1)
        unsafe leveldb_readoptions_set_fill_cache(scanOptions, 0)
        unsafe leveldb_writeoptions_set_sync(syncedWrite, 1)
        unsafe leveldb_writeoptions_set_sync(unsyncedWrite, 0)
        set(settings)
        unsafe leveldb_options_set_create_if_missing(options, makesIfMissing ? 1 : 0)
    }

    private func set(_ settings: DatabaseSettings) {
        // Any damage makes the open fail, instead of being dropped without a word.
        unsafe leveldb_options_set_paranoid_checks(options, 1)
        unsafe leveldb_options_set_write_buffer_size(options, settings.writeBufferByteCount)
        unsafe leveldb_options_set_max_file_size(options, settings.fileByteCountMax)
        unsafe leveldb_options_set_block_size(options, settings.blockByteCount)
        unsafe leveldb_options_set_max_open_files(options, settings.openFileCountMax)
        unsafe leveldb_options_set_cache(options, cache)
        unsafe leveldb_options_set_compression(
            options,
            Int32(settings.compresses ? leveldb_snappy_compression : leveldb_no_compression))
        if let filter = unsafe filter {
            unsafe leveldb_options_set_filter_policy(options, filter)
        }
    }

    /// Opens the folder; to be called once.
    func open(_ path: String) throws(DatabaseError) {
        var status = StatusSlot()
        unsafe database = try status.check { unsafe leveldb_open(options, path, $0) }
    }

    /// Closes the database; to be called when no call is in flight.
    func close() {
        if let database = unsafe database { unsafe leveldb_close(database) }
        unsafe database = nil
    }

    deinit {
        close()
        unsafe leveldb_writeoptions_destroy(unsyncedWrite)
        unsafe leveldb_writeoptions_destroy(syncedWrite)
        unsafe leveldb_readoptions_destroy(scanOptions)
        unsafe leveldb_readoptions_destroy(readOptions)
        unsafe leveldb_options_destroy(options)
        if let filter = unsafe filter { unsafe leveldb_filterpolicy_destroy(filter) }
        unsafe leveldb_cache_destroy(cache)
    }
}
