import UnixFS

/// A file or symlink of an add from its first byte until its last leaf has been stored.
final class PendingFile {
    /// What a place in the order of the pool's results stands for.
    enum Step {
        /// One leaf of the file.
        case leaf(PendingFile)
        /// All leaves are there.
        case end(PendingFile)
    }

    let path: EntryPath
    let metadata: UnixFSMetadata
    /// What came with it, stored or not.
    let sent: UnixFSMetadata
    var builder: FileBuilder
    /// Bytes of the file taken in so far.
    var byteCount: UInt64 = 0
    /// Bytes that the last progress event told of.
    var reportedByteCount: UInt64 = 0
    /// Its place among the roots, if it is one.
    var rootIndex: Int?
    /// What its place takes of memory at most.
    var placeByteCount = 0
    /// Set for a symlink, which has no leaves.
    var sealed: Child?

    init(
        path: EntryPath, options: ImportOptions, metadata: UnixFSMetadata, sent: UnixFSMetadata
    ) {
        self.path = path
        self.metadata = metadata
        self.sent = sent
        builder = FileBuilder(options: options, metadata: metadata)
    }

    /// Seals what the leaves have left open.
    func finish(seal: Seal) throws -> Child {
        if let sealed { return sealed }
        return try builder.finish(seal: seal)
    }
}
