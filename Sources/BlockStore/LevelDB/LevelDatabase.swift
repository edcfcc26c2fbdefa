package import Buffers
import CLevelDB
import Execution
import Synchronization

/// A database of LevelDB: the fence around the C handle.
///
/// Any thread may call it. Calls in flight are counted; `close` refuses new ones, waits for those,
/// and only then closes the handle, because LevelDB leaves a close during use undefined. After any
/// error from a write LevelDB goes on acknowledging writes that the next open drops: `Lane` reopens it
/// first.
///
/// - Blocking: every call may read or write the disk.
package final class LevelDatabase: Database {
    /// The folder.
    package let path: String
    private let handles: LevelHandles
    private let calls = CallCount()

    /// Opens a folder.
    ///
    /// - Parameters:
    ///   - path: the folder; its parent must exist.
    ///   - settings: fixed until it is closed.
    ///   - makesIfMissing: whether a database is made where none has ever been.
    /// - Throws: `.locked` when it is open elsewhere, `.corruption` when it is damaged, `.missing`
    ///   when it or a part of it is not there, `.inputOutput` when the system does not tell.
    package init(
        _ path: String, _ settings: DatabaseSettings, makesIfMissing: Bool = false
    ) throws(DatabaseError) {
        self.path = path
        let folder = DatabaseFolder(path: path)
        let isThere = try folder.holdsDatabase()
        guard isThere || makesIfMissing else { throw folder.isEmpty }
        handles = LevelHandles(settings, makesIfMissing: !isThere)
        try handles.open(path)
    }

    deinit { close() }

    package func close() {
        if calls.close() { handles.close() }
    }

    /// The value stays in the memory that LevelDB allocated, without another copy.
    package func value(for key: borrowing Key) throws(DatabaseError) -> Bytes? {
        try begin()
        defer { calls.end() }
        var status = StatusSlot()
        var count = 0
        let memory = unsafe try status.check { slot in
            unsafe key.withChars { chars, length in
                unsafe leveldb_get(
                    handles.database, handles.readOptions, chars, length, &count, slot)
            }
        }
        guard let memory = unsafe memory else { return nil }
        return unsafe Bytes(adopting: UnsafeMutableRawPointer(memory), count: count) {
            unsafe leveldb_free($0)
        }
    }

    package func write(_ batch: borrowing WriteBatch, isSynced: Bool) throws(DatabaseError) {
        try begin()
        defer { calls.end() }
        var status = StatusSlot()
        let options = unsafe isSynced ? handles.syncedWrite : handles.unsyncedWrite
        unsafe try status.check { slot in
            unsafe leveldb_write(handles.database, options, batch.pointer, slot)
        }
    }

    package func property(_ name: String) -> String? {
        guard calls.begin() else { return nil }
        defer { calls.end() }
        guard let text = unsafe leveldb_property_value(handles.database, name) else { return nil }
        defer { unsafe leveldb_free(text) }
        return unsafe String(cString: text)
    }

    /// Writes the memtable to a synced table, so that the next open has nothing to replay.
    ///
    /// - Blocking: until the table is written; a range that holds no key is all that is compacted.
    package func flush() {
        guard calls.begin() else { return }
        defer { calls.end() }
        unsafe Key([0]).withChars { chars, length in
            unsafe leveldb_compact_range(handles.database, chars, length, chars, length)
        }
    }

    /// Rewrites the tables that lie above others, and those below them. For tests: that reads them as the
    /// compactions do which LevelDB begins by itself.
    ///
    /// - Blocking: until they are rewritten, or one cannot be read: the next write says so.
    package func compact() {
        guard calls.begin() else { return }
        defer { calls.end() }
        unsafe leveldb_compact_range(handles.database, nil, 0, nil, 0)
    }

    /// Looks whether LevelDB can have its one thread of the process. It starts it when there is
    /// something to compact, at the latest when a memtable is full for the first time, and ends the process
    /// without a word of ours if the system refuses it. Where it would be refused now, the process ends with
    /// the advice of `Thread`. To be called before the first database is opened.
    package static func probeBackgroundThread() {
        guard !hasBackgroundThread.load(ordering: .relaxed) else { return }
        // Two at a time: the system may count one for a moment after its end.
        let ends = Monitor(false)
        let probes = (0..<2).map { _ in
            Thread(name: "thread-probe") { _ = ends.wait(by: .never) { $0 ? true : nil } }
        }
        ends.notify { $0 = true }
        for probe in probes { probe.join() }
    }

    /// Has LevelDB start that thread.
    ///
    /// - Complexity: a switch to a new log and one sync. Only the first call of a process does anything.
    package func startBackgroundThread() {
        if !Self.hasBackgroundThread.exchange(true, ordering: .relaxed) { flush() }
    }

    private static let hasBackgroundThread = Atomic<Bool>(false)

    package func makeIterator() throws(DatabaseError) -> any DatabaseIterator {
        try begin()
        // Announced: it calls `iteratorEnded` when it is destroyed.
        let pointer = unsafe leveldb_create_iterator(handles.database, handles.scanOptions)
        return unsafe LevelIterator(pointer, of: self)
    }

    func iteratorEnded() { calls.end() }

    private func begin() throws(DatabaseError) {
        guard calls.begin() else { throw .closed }
    }
}
