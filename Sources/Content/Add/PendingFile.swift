import UnixFS

/// A file or symlink of an add from its first byte until its last leaf has been stored.
final class PendingFile {
    /// What a place in the order of the pool's results stands for.
    enum Step {
        /// One leaf of the file, and the memory that its link may take.
        case leaf(PendingFile, linkByteCount: Int)
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
    /// How many of its leaves are in line, or have been stored.
    private var leafCount = 0
    /// What the links of its unfinished nodes take of memory that is counted.
    private var layoutByteCount = 0
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

    /// What the link of the next leaf may take of memory: nothing for the first ones.
    func nextLinkByteCount() -> Int {
        leafCount += 1
        return leafCount > Limits.freeLinkCount ? AddMemory.linkBytes : 0
    }

    /// What the links of the leaves may take that the file has when it goes on for so many bytes.
    func linkByteCount(ofLeavesIn byteCount: Int) -> Int {
        let count = builder.leafCountMax(in: byteCount)
        return max(0, min(count, leafCount + count - Limits.freeLinkCount)) * AddMemory.linkBytes
    }

    /// Puts a leaf that was stored under its node, and accounts for what nodes then take.
    func append(_ leaf: Child, countedIn memory: StateShare, seal: Seal) throws {
        try builder.append(leaf, seal: seal)
        let freeByteCount = Limits.freeLinkCount * AddMemory.linkBytes
        let byteCount = max(0, builder.layoutByteCount - freeByteCount)
        if byteCount > layoutByteCount {
            try memory.take(byteCount - layoutByteCount)
        } else {
            memory.forget(layoutByteCount - byteCount)
        }
        layoutByteCount = byteCount
    }

    /// Seals what the leaves have left open.
    func finish(countedIn memory: StateShare, seal: Seal) throws -> Child {
        if let sealed { return sealed }
        let file = try builder.finish(seal: seal)
        memory.forget(layoutByteCount)
        layoutByteCount = 0
        return file
    }
}
