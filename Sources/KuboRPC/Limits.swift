/// The limits of this module, together with the relations between them.
enum Limits {
    /// Bytes of arguments that come in the body instead of the query.
    static let argumentBytesMax = 1 << 20
    /// Bytes of a body that nobody needs.
    static let ignoredBodyBytesMax = 1 << 20
    /// Bytes of results that wait in memory for the end of a request; more wait in a file.
    static let spoolMemoryBytesMax = 256 << 10
    /// Bytes of lines that are gathered into one piece of an answer.
    static let linePieceBytes = 16 << 10
    /// How long a line may wait for others to fill the piece.
    static let lineWait: Duration = .milliseconds(50)
    /// Time between two lines of progress.
    static let progressInterval: Duration = .milliseconds(500)
    /// Bytes of a file between two lines of progress of `add`.
    static let addProgressBytes = 256 << 10
    /// Bytes of one block unless the caller allows more.
    static let blockBytesMax = 2 << 20
    /// Bytes of one block whatever the caller allows.
    static let bigBlockBytesMax = 64 << 20
    /// Bytes of an input for `multibase`; in base2 the answer is eight times as long, and all of it
    /// is in memory.
    static let multibaseBytesMax = 1 << 20
    /// Bytes of a format for `cid format`: each of its fields may be a CID of 8 KiB.
    static let cidFormatBytesMax = 1 << 10
    /// Bytes of a symbolic link's target.
    static let linkTargetBytesMax = 4096
    /// Faults below one pin that are listed.
    static let pinFaultsMax = 1000
    /// Arguments of one call.
    static let argumentCountMax = 100_000
}
