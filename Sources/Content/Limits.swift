/// The limits of this module, together with the relations between them.
package enum Limits {
    /// Bytes of input that all adds and imports together may have on their way to the store.
    package static let ingestBytesMax = 32 << 20

    /// Bytes of input that one add may have on their way between its caller and the store.
    package static let addWindowBytesMax = 8 << 20

    /// Bytes after which leaves that wait are given to the pool as one piece. Small files share a
    /// piece, so that the pool's overhead is paid once for many.
    package static let leafBatchBytesMin = 128 << 10

    /// Leaves in one piece of work, whatever their size.
    package static let leafBatchCountMax = 64

    /// Bytes of unfinished chunks and blocks that all uploads together may have in memory; the others
    /// wait in files.
    package static let assemblyBytesMax = 16 << 20

    /// The most that one of them may have there: a chunk, what its block holds already, and what arrived
    /// while they waited. A larger block waits in a file until it is complete.
    package static let assembledBytesMax = 9 << 20

    /// Unfinished bytes of an upload that are not counted.
    static let freeUnfinishedBytes = 64 << 10

    /// Bytes that have to arrive before an upload that was put aside goes on in memory: any chunk is
    /// complete by then.
    static let arrivedBytesEnough = 4 << 20

    /// What is read back of them at a time.
    static let arrivedPieceBytes = 256 << 10

    /// Bytes that such a file can come to hold: a block in progress, and what arrives.
    static let putAsideBytesMax = 64 << 20

    /// Bytes of blocks of one CAR that wait for their check or for the store.
    package static let importWindowBytesMax = 8 << 20

    /// Bytes of blocks after which an import gives them to the pool as one piece.
    package static let checkBatchBytesMin = 256 << 10

    /// Bytes that one reader may have read ahead.
    package static let readAheadBytesMax = 4 << 20

    /// Blocks that one reader may have read ahead.
    package static let readAheadCountMax = 16

    /// Bytes below which an export goes on gathering small blocks into one piece.
    package static let exportPieceBytesMin = 32 << 10

    /// The largest payload that an export copies into such a piece.
    package static let exportCopiedBytesMax = 8 << 10

    /// The largest block that is taken in unless the caller allows bigger ones.
    package static let blockBytesMax = 2 << 20

    /// The largest block that is taken in at all. Whoever reads it needs all of it in memory.
    package static let bigBlockBytesMax = 32 << 20

    /// Room for the CID in front of a block in an archive; an identity CID that is longer makes its
    /// section too large.
    static let sectionCIDBytesMax = 1 << 10

    /// Roots of all archives of one import.
    package static let archiveRootsMax = 100_000

    /// Bytes of blocks that one walk keeps in memory on its way down, beside the last one and those that
    /// are heavier than all below them: what else is further up is read again. Saves reading the parents of
    /// small files again and again.
    static let walkHeldBytesMax = 1 << 20

    /// Blocks on one path: shards, and blocks that are nothing but a link.
    static let crossedBlocksMax = 8_192

    /// Steps over content that one request may take: days of work for one core.
    static let requestStepsMax: UInt64 = 1 << 34

    /// Steps after which a request looks at the clock. A step takes microseconds, or milliseconds
    /// where it reads from the disk.
    static let stepsBetweenLooks: UInt64 = 64

    /// How often a request that works without output looks whether its caller is still there.
    package static let callerLookInterval: Duration = .milliseconds(100)

    /// How long a request waits for memory that others hold before it gives up.
    static let memoryWait: Duration = .seconds(10)

    /// How long an upload waits for others to make room: longer, because what it has sent already
    /// would be lost.
    static let ingestWait: Duration = .seconds(60)

    /// Bytes in which one request remembers where it is; with 100,000 levels or 1,000,000 names it
    /// stays below.
    static let requestStateBytesMax = 32 << 20

    /// The same for all requests together. One of them may have as much again as one request may have:
    /// else those who hold some and need more would wait for each other.
    package static let stateBytesMax = 32 << 20

    /// How often a request that holds some and waits for more looks whether it is its turn for that.
    static let reserveLookInterval: Duration = .milliseconds(20)

    /// Bytes in which an add remembers the entries of its folders, an import its roots, and a put the
    /// names of its blocks: a folder of 1,000,000 files with usual names.
    package static let entryBytesMax = 100 << 20

    /// The same for all of them together. One of them may have more, up to what one may have in all: two
    /// hundred small ones that stand still are a crowd's, and one large one is not.
    package static let sharedEntryBytesMax = 40 << 20

    /// Of that what the places of files take at most that an add has in line.
    static let pendingEntryBytesMax = 1 << 20

    /// Of that what the links of the leaves take at most that are to come: room for them is made before.
    static let linkRoomBytesMax = 256 << 10

    /// Leaves of a file whose links are not counted: as many as fill the usual nodes.
    static let freeLinkCount = 128

    /// Bytes that long lists of arguments together take, as names, texts and lists: the longest alone.
    package static let argumentBytesMax = 32 << 20

    /// Bytes of state that are not counted: what every request has.
    static let freeStateBytes = 24 << 10

    /// Steps in which state is counted.
    static let stateStepBytes = 64 << 10

    /// What a walk may come to remember in one step: a page of a `SequenceSet` and some entries.
    static let stateAheadBytes = 8 << 10

    /// The same for an entry of an archive: its path, and the folder that it may be.
    static let tarEntryAheadBytes =
        tarPathBytesMax + stateAheadBytes + (pathSegmentsMax + 2) * hashedFingerprintBytes

    /// Bytes that decoded values of all requests together may take.
    package static let decodingBytesMax = 32 << 20

    /// Roughly what an entry of a set or dictionary takes beside what it points to.
    static let hashedEntryBytes = 128

    /// The same for a fingerprint of 16 bytes, with the room that a set keeps free.
    static let hashedFingerprintBytes = 32

    /// Segments of a path, and levels of folders that are read at once.
    package static let pathSegmentsMax = 256

    /// Names of an entry of an add: that of the root, and the longest path below it.
    static let entryNamesMax = pathSegmentsMax + 1

    /// Multihashes that a walk remembers as they are; further blocks become bits in a map by their
    /// place in the log.
    package static let seenMultihashesMax = 4_096

    /// Bytes of those multihashes: some are identity CIDs with content in them.
    static let seenMultihashBytesMax = 4 << 20

    /// The largest block that counts as ordinary: the largest chunk of the usual importers, as the
    /// data of a UnixFS node.
    package static let ordinaryBlockBytesMax = (1 << 20) + 64

    /// Bytes of ordinary blocks that all readers together may have in memory.
    package static let egressBytesMax = 24 << 20

    /// The same for larger ones, so that they make only each other wait. The largest block fits.
    package static let largeEgressBytesMax = 34 << 20

    /// How long a reader holds blocks while others wait for memory, before it is their turn.
    static let readerTurn: Duration = .milliseconds(200)

    /// Bytes of path resolutions that are kept.
    static let resolutionBytesMax = 4 << 20

    /// Bytes that all files without a name together may take out of the reserve of a full disk.
    static let reservedSpoolBytesMax = 64 << 20

    /// How often the removal of blocks looks again because somebody has pinned something meanwhile.
    static let removalLooksMax = 100

    /// How often a pin is begun anew because a write of blocks has failed meanwhile.
    static let pinLooksMax = 100

    /// How long the pins of a call that has failed are taken back for, once its own time may be over. The store
    /// waits for one write of others and makes one of its own, each some milliseconds on a disk that works.
    static let pinPutBackPatience: Duration = .seconds(5)

    /// Roots whose blocks are looked at by one walk, and whose pins are given to the store together. It
    /// writes them with one wait for the disk unless they are long.
    package static let pinsAtOnceMax = 4_096

    /// Bytes of a pin's name.
    package static let pinNameBytesMax = 255

    /// Bytes of a file after which an add reports progress again.
    package static let progressBytesMin: UInt64 = 256 << 10

    /// Bytes of an error's message: a name in it can be as long as its block.
    static let messageBytesMax = 4 << 10
    /// Bytes of a name in one.
    static let quotedNameBytesMax = 1 << 10

    /// Bytes of one path in a TAR.
    static let tarPathBytesMax = 16 << 10

    /// Entries whose names are looked at before a TAR is begun.
    package static let tarCheckedEntriesMax = 10_000
    /// Bytes of blocks that are read for that: a second's work, while somebody waits for the first byte.
    package static let tarCheckedBytesMax: UInt64 = 256 << 20

    /// Input of one conversion between codecs (`dag put`).
    package static let nodeBytesMax = bigBlockBytesMax

    static func check() {
        precondition(assembledBytesMax <= assemblyBytesMax, "one upload fits the budget of all")
        precondition(
            2 * blockBytesMax + arrivedBytesEnough + (256 << 10) <= assembledBytesMax,
            "what waited in a file goes on in memory")
        precondition(bigBlockBytesMax <= ingestBytesMax, "one big block fits the budget of all")
        precondition(leafBatchBytesMin * 2 <= addWindowBytesMax, "two batches fit the window")
        precondition(addWindowBytesMax <= ingestBytesMax, "one add fits the budget of all")
        precondition(readAheadBytesMax <= egressBytesMax, "one reader fits the budget of all")
        precondition(checkBatchBytesMin * 2 <= importWindowBytesMax, "two batches fit the window")
        precondition(blockBytesMax <= readAheadBytesMax, "one block fits the read-ahead")
        precondition(
            bigBlockBytesMax <= largeEgressBytesMax, "one big block fits the budget of all")
        precondition(linkRoomBytesMax <= pendingEntryBytesMax, "links fit what is in line")
        precondition(requestStateBytesMax <= stateBytesMax, "one walk fits the budget of all")
        precondition(sharedEntryBytesMax < entryBytesMax, "one add may have more than its share")
    }
}
