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

    /// The largest block that is taken in at all.
    package static let bigBlockBytesMax = 64 << 20

    /// Levels of one file or of the shards of one folder.
    package static let entityDepthMax = 64

    /// Levels below the root of a walk or of a CAR.
    package static let walkDepthMax = 1_024

    /// Segments of a path, and levels of folders in one add.
    package static let pathSegmentsMax = 256

    /// Multihashes that a walk remembers as they are; further blocks become bits in a map by their
    /// place in the log.
    package static let seenMultihashesMax = 65_536

    /// Bytes that all readers together may have read ahead.
    package static let egressBytesMax = 32 << 20

    /// Destinations that a listing of unique links remembers.
    package static let uniqueReferencesMax = 2_000_000

    /// Results of path resolutions that are kept.
    package static let resolutionsMax = 8_192

    /// Bytes of a pin's name.
    package static let pinNameBytesMax = 255

    /// Bytes of a file after which an add reports progress again.
    package static let progressBytesMin: UInt64 = 256 << 10

    /// Entries whose names are looked at before a TAR is begun.
    package static let tarCheckedEntriesMax = 10_000

    /// Input of one conversion between codecs (`dag put`).
    package static let nodeBytesMax = 64 << 20

    static func check() {
        precondition(leafBatchBytesMin * 2 <= addWindowBytesMax, "two batches fit the window")
        precondition(addWindowBytesMax <= ingestBytesMax, "one add fits the budget of all")
        precondition(readAheadBytesMax <= egressBytesMax, "one reader fits the budget of all")
        precondition(checkBatchBytesMin * 2 <= importWindowBytesMax, "two batches fit the window")
        precondition(blockBytesMax <= readAheadBytesMax, "one block fits the read-ahead")
    }
}
