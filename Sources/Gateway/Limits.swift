/// The limits of this module.
enum Limits {
    /// Bytes of the first leaf that decide about a content type.
    static let sniffBytesMax = 3_072
    /// Bytes of the links above a folder's page, about: past it only the root is a link.
    static let breadcrumbBytesMax = 16 << 10
    /// Bytes of a name up to which a folder's page has a link with it: each is written three times, in
    /// three codings. Four times as long as a file system takes them.
    static let linkedNameBytesMax = 1 << 10
    /// What a row of a folder's page takes while it is made, in lengths of its name, and what the head takes
    /// in lengths of the path: as a path in which each byte has three, in markup with up to six, and coded
    /// twice with nine, each twice while it grows.
    static let rowCopyCount = 36
    /// The same for the path in front of it, in lengths of its escaped form: put in front of the name,
    /// escaped, and in the row, the latter two twice while they grow.
    static let rowPathCopyCount = 5
    /// Bytes of a longer name that the page shows.
    static let shownNameBytesMax = 256

    /// Bytes of the file types that were found in files and are remembered: about 15,000 of them.
    static let sniffedTypesBytesMax = 4 << 20
    /// Bytes of `X-Ipfs-Roots`; a longer list is left out.
    static let rootsFieldBytesMax = 4_096
    /// Entries of a HAMT that are sorted for the page; larger ones come in the order of shards.
    static let sortedEntriesMax = 10_000
    /// Memory that those entries may take.
    static let sortedEntryBytesMax = 4 << 20
    /// Seconds after which a client that was turned away may come back.
    static let retryAfterSeconds = 60
    /// The same where only the memory of the moment was short.
    static let overloadRetrySeconds = 1
    /// Bytes that are answered in one piece and stay in memory until the client has them; more are
    /// let go of while it takes nothing.
    static let wholeAnswerBytesMax = 16 << 10
    /// Bytes of the text of an error. Paths and names in it are cut in the middle.
    static let errorTextBytesMax = 2 << 10
    /// Bytes of a file name that a client is to save under. No file system takes a quarter of it.
    static let dispositionNameBytesMax = 1 << 10
}
