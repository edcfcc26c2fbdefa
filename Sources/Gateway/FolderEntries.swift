import Buffers
import Content
import Multiformats
import UnixFS

/// The entries of a folder in the order of its page. Those of one block come as they are stored, which is by
/// name wherever the block is as it should be. Those of a HAMT would come by the hashes of their names:
/// they are sorted where that costs bounded memory.
///
/// Not to be copied: who let go of the entries in one copy would keep them in the other.
struct FolderEntries: ~Copyable {
    /// What a sorted entry takes beside its name: its place in a list that doubles as it grows, and the
    /// region that the name is in.
    private static let byteCountAroundName = 2 * MemoryLayout<DirectoryEntry>.stride + 96

    private let access: ContentAccess
    private let source: BlockReader
    private let memory: StateShare
    /// Whether the entries are sorted here.
    private let sorts: Bool
    /// Sorted entries, the next one last; nil to be read and sorted again.
    private var sorted: [DirectoryEntry]?
    /// Gives those that are not sorted; stands in front of them where they are. Called where it stands: a copy
    /// would keep its block.
    private var reader: DirectoryReader
    /// Sorted entries that have been given.
    private var count = 0

    /// Whether the entries come by name, as far as the folder's own blocks have them so.
    var isSorted: Bool { sorts || !reader.isSharded }

    /// Reads as many entries as are sorted.
    ///
    /// - Parameters:
    ///   - folder: the root of a UnixFS directory. Its name alone, and the block is read again: who
    ///     calls with the block in hand would hold it while this waits for memory.
    ///   - source: is the listing's from now on. A second one would wait for memory while the first
    ///     holds some, and callers would wait for each other.
    init(of folder: CID, from source: BlockReader, access: ContentAccess) throws {
        let memory = access.makeStateShare()
        var reader = try DirectoryReader(root: folder, from: source)
        reader.release()
        let entries = try reader.isSharded ? Self.sorted(reader, access, source, memory) : nil
        source.release()
        self.access = access
        self.source = source
        self.memory = memory
        self.reader = reader
        sorted = entries?.reversed()
        sorts = sorted != nil
    }

    /// The next entry, or nil at the end.
    mutating func next() throws -> DirectoryEntry? {
        try access.context.check()
        if source.isOthersTurn { release() }
        guard sorts else { return try reader.next(from: source) }
        if sorted == nil { sorted = try sortedAgain() }
        count += 1
        return sorted?.popLast()
    }

    /// Lets go of entries and blocks until the next call, which reads again what it needs.
    mutating func release() {
        reader.release()
        sorted = nil
        memory.release()
        source.release()
    }

    private func sortedAgain() throws -> [DirectoryEntry] {
        let entries = try Self.sorted(reader, access, source, memory) ?? []
        source.release()
        return entries.dropFirst(count).reversed()
    }

    /// All entries by name; nil where they are too many.
    ///
    /// Their memory is taken in one step, before the first is read: a thousand pages that each held a
    /// part of their entries would wait for each other.
    ///
    /// - Parameter reader: in front of the entries, without a block in hand.
    private static func sorted(
        _ reader: DirectoryReader, _ access: ContentAccess, _ source: BlockReader,
        _ memory: StateShare
    ) throws -> [DirectoryEntry]? {
        var reader = reader
        try memory.makeRoom(for: Limits.sortedEntryBytesMax) { source.release() }
        var entries: [DirectoryEntry] = []
        while let entry = try reader.next(from: source) {
            try access.context.check()
            let byteCount =
                entry.name.count + entry.cid.outsideByteCount + Self.byteCountAroundName
            guard entries.count < Limits.sortedEntriesMax,
                memory.byteCount + byteCount <= Limits.sortedEntryBytesMax
            else {
                memory.release()
                return nil
            }
            try memory.take(byteCount)
            entries.append(entry.compacted())
        }
        memory.giveBack(beyond: 0)
        entries.sort { $0.name < $1.name }
        return entries
    }
}
