/// The limits of this module, together with the relations between them.
enum Limits {
    /// Bytes of arguments that come in the body instead of the query: `argumentCountMax` CIDs of the
    /// usual length, which is 59 and a newline, with room for longer ones.
    static let argumentBytesMax = 8 << 20
    /// Memory of an argument beside its text, which is kept once as bytes and once as text.
    static let argumentMemoryBytes = 128
    /// Bytes of arguments up to which a call does not wait for others that bring some.
    static let shortArgumentsBytesMax = 256 << 10
    /// The same in the query, of which 256 connections have some at once; with all else that it says.
    static let shortQueryBytesMax = 16 << 10
    /// Arguments in the query; more come in the body. Before any of them is looked at, the list of 256
    /// calls is in memory.
    static let queryArgumentCountMax = 4_096
    /// Options in the query, those that no command knows among them.
    static let queryOptionCountMax = 256
    /// What arguments take while a call works on them, in lengths of their text: as bytes, as text, as
    /// what they name, with the lists of them.
    static let argumentCopies = 4
    /// Bytes of the text of an error. What is quoted in it is cut in the middle.
    static let errorTextBytesMax = 2 << 10
    /// Bytes of a body that nobody needs.
    static let ignoredBodyBytesMax = 1 << 20
    /// Bytes of results that wait in memory for the end of a request; more wait in a file. So few
    /// that they need not be counted: an upload that stands still holds nothing that others need.
    static let spoolMemoryBytesMax = 16 << 10
    /// Bytes of an upload that is needed as a whole which stay in memory; the others wait in a file.
    static let spooledTailBytesMax = 64 << 10
    /// How long a complete upload waits for memory before it is refused.
    static let uploadWait: Duration = .seconds(60)
    /// Bytes of records that are sorted in memory; more are sorted by runs in a file.
    static let sortedRunBytesMax = 2 << 20
    /// What is read of each run at a time while they are merged; longer values stay in the file.
    static let runReadBytes = 16 << 10
    /// Bytes of one answer that wait in its file, whatever the number of its lists.
    static let spoolFileBytesMax: UInt64 = 4 << 30
    /// Of that what may come out of the reserve of a full disk, and a list of arguments: what `pin rm` of
    /// `argumentCountMax` is told and answers, so that room can be made.
    static let reservedSpoolBytesMax: UInt64 = 16 << 20
    /// Bytes of lines that are gathered into one piece of an answer.
    static let linePieceBytes = 16 << 10
    /// Bytes of lines that an operation on a thread of its own may be ahead of its client; one line
    /// may be longer.
    static let queuedLineBytesMax = 64 << 10
    /// Bytes of a line with one CID, and some.
    static let usualLineBytesMax = 4 << 10
    /// Lines that it may be ahead, however short.
    static let queuedLinesMax = 256
    /// How long a line may wait for others to fill the piece.
    static let lineWait: Duration = .milliseconds(50)
    /// Time between two lines of progress.
    static let progressInterval: Duration = .milliseconds(500)
    /// Bytes of an input for `multibase`, which is in memory as a whole together with what is made of
    /// it: `multibaseCopies` times as much.
    static let multibaseBytesMax = 1 << 20
    /// The input, what it decodes to, and that in base2, which is eight times as long.
    static let multibaseCopies = 10
    /// Bytes of a format for `cid format`: each of its fields may be a CID of 8 KiB.
    static let cidFormatBytesMax = 1 << 10
    /// Bytes of the text that it makes of a CID: a digest of 1 KB is 8 KB in base2, as often as it is named.
    static let cidFormattedBytesMax = 64 << 10
    /// Bytes of a format for `refs`: each of its fields may be the name of a link, as long as a block.
    static let refsFormatBytesMax = 1 << 10
    /// DAGs of one `dag stat` whose figures are shown while they are counted: each line of progress
    /// has all of them.
    static let progressDAGsMax = 1000
    /// Blocks whose removal is prepared by one walk over all pins.
    static let removalsAtOnceMax = 50_000
    /// Memory that the removal of one of them takes until it is answered, roughly.
    static let removalMemoryBytes = 320
    /// Arguments of `pin ls` that are looked for by one walk over all pins.
    static let statusesAtOnceMax = 10_000
    /// Memory that one of them takes until it is answered, roughly.
    static let statusMemoryBytes = 512
    /// Memory of one fault below a pin at most: its text, a long digest, and its places in a list.
    static let faultMemoryBytes = 4 << 10
    /// Memory of zlib for one stream, at its highest level.
    static let gzipMemoryBytes = 384 << 10
    /// Memory of a record in a list of pins, name and all.
    static let usualRecordBytes = 4 << 10
    /// Bytes that are compressed at once.
    static let gzipSliceBytes = 64 << 10
    /// Bytes of a symbolic link's target.
    static let linkTargetBytesMax = 4096
    /// Faults below one pin that are listed.
    static let pinFaultsMax = 1000
    /// Arguments of one call.
    static let argumentCountMax = 100_000
    /// Bytes of a file's name in an error.
    static let quotedNameBytesMax = 256
}
