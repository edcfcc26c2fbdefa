import Buffers
import Content
import IPLD
import Multiformats
import UnixFS

/// The entries of a folder in the order of its page: by name where that costs bounded memory, else in
/// the order in which the shards give them.
struct FolderEntries {
    private var reader: DirectoryReader
    private let source: LocalBlocks
    /// Entries that have been read and wait in order, the next one last.
    private var waiting: [DirectoryEntry] = []

    /// Whether the entries come by name.
    let isSorted: Bool

    /// Reads as many entries as are sorted.
    init(of folder: Block, library: Library) throws {
        source = library.blocks
        reader = try DirectoryReader(root: folder)
        var entries: [DirectoryEntry] = []
        let sortedMax = reader.isSharded ? Limits.sortedEntriesMax : Int.max
        while entries.count <= sortedMax, let entry = try reader.next(from: source) {
            entries.append(entry)
        }
        isSorted = entries.count <= sortedMax
        if isSorted { entries.sort { $0.name.array.lexicographicallyPrecedes($1.name.array) } }
        waiting = entries.reversed()
    }

    /// The next entry, or nil at the end.
    mutating func next() throws -> DirectoryEntry? {
        if let entry = waiting.popLast() { return entry }
        return isSorted ? nil : try reader.next(from: source)
    }
}
