/// The limits of this module, together with the relations between them.
enum Limits {
    /// Bytes that are read from a file and sent at once.
    static let uploadPieceByteCount = 1 << 20
    /// Bytes of the largest file that is collected with others before it is sent.
    static let smallFileByteCount: UInt64 = 64 * 1_024
    /// Bytes of a file with ignore rules, or of arguments on standard input.
    static let textByteCountMax = 16 << 20
    /// Bytes of a request target; a longer list of arguments travels in the body. Every node and
    /// every proxy before one takes this much.
    static let targetByteCountMax = 8 * 1_024 - 256
    /// Folders inside each other that `get` makes: each holds a descriptor open.
    static let folderDepthMax = 512
    /// Bytes of a PAX header in an archive: a name, a target, a size and a time, with much room.
    static let paxByteCountMax = 1 << 20
    /// Bytes of an error answer that are read.
    static let errorByteCountMax = 1 << 20
    /// How long `shutdown` waits for the node to end; requests in flight get some time, too.
    static let shutdownDuration: Duration = .seconds(60)
}
