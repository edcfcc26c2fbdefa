import Buffers
import Execution

/// What an archive has brought into one folder so far.
///
/// A name that comes twice must be noticed, and so must two names that are one to the file system,
/// such as `A` and `a` on a USB stick: the second would take the place of the first. Names and
/// entries are kept as 64-bit hashes with the process's random seed, because a folder of a million
/// files has to fit into memory.
struct MadeEntries {
    /// Whether the folder itself came with the archive. Then all that is in it has come with it as
    /// well, and no entry has to be kept: some file systems give a file another number when they
    /// have forgotten it for a while.
    let isFolderNew: Bool
    private var names: Set<Int> = []
    private var entries: Set<Int> = []

    /// Nothing has come yet.
    ///
    /// - Parameter isFolderNew: whether the folder was made for the archive.
    init(isFolderNew: Bool) { self.isFolderNew = isFolderNew }

    /// Takes note of a name.
    ///
    /// - Returns: false if it has come already.
    mutating func insert(_ name: Bytes) -> Bool { names.insert(name.hashValue).inserted }

    /// Whether what has a name that has not come yet has come under another one.
    func holds(_ status: FileStatus) -> Bool {
        isFolderNew || entries.contains(Self.hash(of: status))
    }

    /// Takes note of what was made, or of a folder that was there and is filled.
    mutating func keep(_ status: FileStatus) { entries.insert(Self.hash(of: status)) }

    private static func hash(of status: FileStatus) -> Int {
        var hasher = Hasher()
        hasher.combine(status.device)
        hasher.combine(status.inode)
        return hasher.finalize()
    }
}
