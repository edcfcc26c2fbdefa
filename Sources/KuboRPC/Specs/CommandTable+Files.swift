extension CommandTable {
    static let fileCommands: [CommandSpec] = [
        CommandSpec(
            "add", "Add files and folders.",
            discussion: """
                Splits the content into blocks, stores them and prints one CID per entry. The CIDs \
                are those that Kubo gives for the same options.
                """,
            arguments: [.file("path", "A file or folder to add.", recursive: true)],
            options: addInputOptions + addOutputOptions + addFormatOptions + addMetadataOptions,
            example: "add --cid-version=1 -r photos"),
        CommandSpec(
            "cat", "Print the contents of files.",
            arguments: [.oneOrMore("ipfs-path", "Path of a file.")],
            options: [
                .long("offset", "o", "First byte to print."),
                .long("length", "l", "How many bytes to print at most."),
                .flag(
                    "progress", "p", side: .client,
                    "Show progress; on by default on a terminal."),
            ],
            example: "cat QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn/readme"),
        CommandSpec(
            "get", "Write files and folders to the disk.",
            arguments: [.required("ipfs-path", "Path of a file or folder.")],
            options: [
                .text("output", "o", side: .client, "Where to write; the last name by default."),
                .flag("archive", "a", "Make a tar archive."),
                .flag("compress", "C", "Compress with gzip."),
                .integer("compression-level", "l", "Level of compression, 1 to 9."),
                .flag(
                    "progress", "p", side: .client,
                    "Show progress; on by default on a terminal."),
            ],
            example: "get -o photos bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy"),
        CommandSpec(
            "ls", "List folders.",
            arguments: [.oneOrMore("ipfs-path", "Path of a folder or file.")],
            options: [
                .flag("headers", "v", side: .client, "Print a line with the names of the columns."),
                .flag("resolve-type", default: true, "Read the entries to find out their types."),
                .flag("size", default: true, "Read the entries to find out their sizes."),
                .flag("stream", "s", "Print entries as they are found, unsorted."),
                .flag(
                    "long", "l", side: .client, "Print modes and modification times as well."),
            ],
            example: "ls bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy"),
    ]

    private static let addInputOptions: [OptionSpec] = [
        .flag("recursive", "r", side: .client, "Add folders with all that is in them."),
        .flag(
            "dereference-args", side: .client, "Follow symbolic links that are given as arguments."),
        .flag("dereference-symlinks", side: .client, "Follow every symbolic link."),
        .text("stdin-name", side: .client, "Name of the entry that standard input becomes."),
        .flag("hidden", "H", side: .client, "Include names that begin with a dot."),
        .texts("ignore", side: .client, "Leave out what matches this pattern."),
        .text(
            "ignore-rules-path", side: .client, "Leave out what the rules in this file match."),
        .flag("empty-dirs", "E", default: true, "Include empty folders."),
    ]

    private static let addOutputOptions: [OptionSpec] = [
        .flag("quiet", "q", "Print CIDs only."),
        .flag("quieter", "Q", "Print the last CID only."),
        .flag("silent", "Print nothing."),
        .flag("progress", "p", "Show progress; on by default on a terminal."),
        .flag("only-hash", "n", "Compute the CIDs and store nothing."),
        .flag("wrap-with-directory", "w", "Put the entries into one more folder."),
        .flag("pin", default: true, "Pin the roots."),
        .text("pin-name", "Name of the pin."),
        .text("to-files", "Put the result into the files of the node at this path as well."),
        .flag("nocopy", "Refused: blocks are always stored."),
        .flag("fscache", "No effect; accepted for Kubo's sake."),
        .flag("fast-provide-root", "No effect; accepted for Kubo's sake."),
        .flag("fast-provide-dag", "No effect; accepted for Kubo's sake."),
        .flag("fast-provide-wait", "No effect; accepted for Kubo's sake."),
    ]

    private static let addFormatOptions: [OptionSpec] = [
        .text("profile", "Set all format options at once: unixfs-v0-2015 or unixfs-v1-2025."),
        .integer("cid-version", "Version of the CIDs, 0 or 1; 1 means raw leaves too."),
        .text("hash", "Hash function; any other than sha2-256 means CID version 1."),
        .flag("raw-leaves", "Store leaves as raw blocks."),
        .text(
            "chunker", "s",
            "How files are cut: size-BYTES, rabin[-MIN-AVG-MAX] or buzhash; size-262144 by default."
        ),
        .flag("trickle", "t", "Lay files out for reading from the front."),
        .integer("max-file-links", "Most children of a file node; 174 by default."),
        .integer("max-directory-links", "Entries above which a folder becomes a HAMT."),
        .integer("max-hamt-fanout", "Most children of a HAMT node; 256 by default."),
        .flag("inline", "Put small blocks into their CIDs."),
        .integer("inline-limit", default: 32, "Largest block that is put into its CID."),
    ]

    private static let addMetadataOptions: [OptionSpec] = [
        .flag("preserve-mode", "Keep the permissions of files and folders."),
        .flag("preserve-mtime", "Keep the modification times of files and folders."),
        .unsigned("mode", "Permissions for all entries; octal with a leading 0."),
        .long("mtime", "Modification time for all entries, in seconds since 1970."),
        .unsigned("mtime-nsecs", "The nanoseconds of the modification time."),
    ]
}
