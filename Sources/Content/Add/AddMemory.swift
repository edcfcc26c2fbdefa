import Buffers
import Multiformats

/// What the things take that one add remembers until its end: names and links of its folders, and
/// results that wait.
enum AddMemory {
    /// An entry of a folder beside its name: its CID and sizes in the table, its place there, and the
    /// hash of its name.
    static let entryBytes = 80
    /// A folder while entries arrive, with its page of the table and its place in the folder above.
    static let folderBytes = 1 << 10
    /// A top of the add beside its name, with its result.
    static let rootBytes = 512

    /// A link of an unfinished node of a file at most, in lists that grow by doubling.
    static let linkBytes = 2 * (Multiformats.Limits.identityDigestBytesMax + 64)

    /// What an entry takes at most, with the folders above it and a result that waits.
    ///
    /// - Parameters:
    ///   - path: where it stands.
    ///   - pathByteCount: memory that the path takes.
    ///   - hasFolder: whether those folders are there already; it is no folder itself then.
    static func most(at path: EntryPath, of pathByteCount: Int, hasFolder: Bool) -> Int {
        let names =
            hasFolder
            ? path.names.last?.count ?? 0
            : path.names.reduce(0) { $0 + $1.count + folderBytes }
        return names + entryBytes + rootBytes + 2 * MemoryLayout<AddResult>.stride + pathByteCount
            + 2 * Multiformats.Limits.identityDigestBytesMax
    }
}

extension AddResult {
    /// Memory that it takes in a list that grows by doubling, with its path.
    var memoryByteCount: Int {
        2 * MemoryLayout<AddResult>.stride + path.memoryByteCount + cid.outsideByteCount
    }
}
