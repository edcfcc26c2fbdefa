/// The limits of this module, together with the relations between them.
enum Limits {
    /// Bytes that are read from a file and sent at once.
    static let uploadPieceByteCount = 1 << 20
    /// In what steps a file system counts time at most: that of the kernel with 100 ticks a second, and a FAT.
    static let fineTimeStep: Duration = .milliseconds(10)
    static let coarseTimeStep: Duration = .seconds(2)
    /// How often a file is looked at that somebody changes again and again within one such step.
    static let timeStepsMax = 5
    /// Bytes of the largest file that is collected with others before it is sent.
    static let smallFileByteCount: UInt64 = 64 * 1_024
    /// Bytes of a file with ignore rules, or of arguments on standard input.
    static let textByteCountMax = 16 << 20
    /// Bytes of a request target; a longer list of arguments travels in the body. Every node and
    /// every proxy before one takes this much.
    static let targetByteCountMax = 8 * 1_024 - 256
    /// Bytes of a request target that is sent where the body cannot hold what makes it long: more
    /// than any node takes.
    static let longTargetByteCountMax = 512 << 10
    /// Bytes of a path that `add` walks to, as many as the system takes in one call: every folder that
    /// the walk is in keeps the path of its own.
    static let addedPathByteCountMax = 4_095
    /// Folders inside each other that `add` keeps open; those around them are opened again on the way
    /// back.
    static let openFoldersMax = 64
    /// Folders inside each other that `get` makes: each holds a descriptor open.
    static let folderDepthMax = 512
    /// Bytes that the name of an unfinished file has from that of the file it will replace.
    static let keptNameByteCount = 200
    /// Bytes of a PAX header in an archive: a name, a target, a size and a time, with much room.
    static let paxByteCountMax = 1 << 20
    /// Bytes behind the end of an archive that `get` extracts. Kubo and Holdfast end there; tar fills
    /// its last record, which has 10 KiB unless somebody asks for more.
    static let archiveTailByteCountMax = 1 << 20
    /// Bytes of an error answer that are read.
    static let errorByteCountMax = 1 << 20
    /// Bytes of one element of a long list in an answer. A link has a name and the target of a
    /// symbolic link, each at most as long as a block of 2 MiB, and a control character is six bytes
    /// in JSON: 24 MiB, and room for the rest.
    static let answerElementByteCountMax = 32 << 20
    /// Bytes of a line in an answer that is read as one value: a result for each of 100,000 arguments.
    static let answerLineByteCountMax = 32 << 20
    /// Bytes of memory that a value of an answer may take: 100,000 results of `dag stat` take some
    /// 75 MiB. Two bytes of a line may become 64.
    static let answerValueByteCountMax = 96 << 20
    /// Bytes of a line that is looked at before it is printed as it came: a longer one is no error.
    static let heldLineByteCountMax = errorByteCountMax
    /// Bytes of a table's rows that wait in memory until its widths are known; more wait in a file.
    static let tableMemoryByteCountMax = 256 << 10
    /// Bytes of a table's rows that wait in a file: as much as a node keeps of one answer.
    static let tableFileByteCountMax: UInt64 = 4 << 30
    /// How much later than the node the command line gives up, so that the node can say why it did.
    static let timeoutGrace: Duration = .seconds(2)
    /// How long `shutdown` waits for the node to end; requests in flight get some time, too.
    static let shutdownDuration: Duration = .seconds(60)
}
