import Buffers
import Content
import Multiformats
import UnixFS

/// The entries of a folder in the order of its page: by name where that costs bounded memory, else in
/// the order in which they are stored.
struct FolderEntries {
    private enum Order {
        /// Sorted entries, the next one last; nil to be read and sorted again.
        case byName([DirectoryEntry]?)
        case stored(DirectoryReader)
    }

    private let folder: CID
    private let access: ContentAccess
    private let source: BlockReader
    private let memory: StateShare
    private var order: Order
    /// Entries that have been given.
    private var count = 0

    /// Whether the entries come by name.
    var isSorted: Bool { if case .byName = order { true } else { false } }

    /// Reads as many entries as are sorted.
    ///
    /// - Parameters:
    ///   - folder: the root of a UnixFS directory. Its name alone, and the block is read again: who
    ///     calls with the block in hand would hold it while this waits for memory.
    ///   - source: is the listing's from now on. A second one would wait for memory while the first
    ///     holds some, and callers would wait for each other.
    init(of folder: CID, from source: BlockReader, access: ContentAccess) throws {
        self.folder = folder.compacted()
        self.access = access
        self.source = source
        memory = access.makeStateShare()
        var reader = try DirectoryReader(root: folder, from: source)
        var start = reader
        start.release()
        if let sorted = try Self.sorted(&reader, access, source, memory) {
            order = .byName(sorted.reversed())
        } else {
            order = .stored(start)
        }
        source.release()
    }

    /// The next entry, or nil at the end.
    mutating func next() throws -> DirectoryEntry? {
        try access.context.check()
        if source.isOthersTurn { release() }
        switch order {
        case .byName(var entries):
            order = .byName(nil)
            if entries == nil { entries = try sortedAgain() }
            let entry = entries?.popLast()
            order = .byName(entries)
            count += 1
            return entry
        case .stored(var reader):
            let entry = try reader.next(from: source)
            order = .stored(reader)
            return entry
        }
    }

    /// Lets go of entries and blocks until the next call, which reads again what it needs.
    mutating func release() {
        switch order {
        case .byName:
            order = .byName(nil)
            memory.release()
        case .stored(var reader):
            reader.release()
            order = .stored(reader)
        }
        source.release()
    }

    private func sortedAgain() throws -> [DirectoryEntry] {
        var reader = try DirectoryReader(root: folder, from: source)
        let entries = try Self.sorted(&reader, access, source, memory) ?? []
        source.release()
        return entries.dropFirst(count).reversed()
    }

    /// All entries by name; nil where they are too many.
    private static func sorted(
        _ reader: inout DirectoryReader, _ access: ContentAccess, _ source: BlockReader,
        _ memory: StateShare
    ) throws -> [DirectoryEntry]? {
        // What an attempt that failed has counted.
        memory.release()
        var entries: [DirectoryEntry] = []
        while true {
            try access.context.check()
            try memory.makeRoom {
                reader.release()
                source.release()
            }
            guard let entry = try reader.next(from: source) else { break }
            let byteCount =
                entry.name.count + entry.cid.outsideByteCount
                + MemoryLayout<DirectoryEntry>.stride
            guard entries.count < Limits.sortedEntriesMax,
                memory.byteCount + byteCount <= Limits.sortedEntryBytesMax
            else {
                memory.release()
                return nil
            }
            try memory.take(byteCount)
            entries.append(entry.compacted())
        }
        entries.sort { $0.name < $1.name }
        return entries
    }
}
