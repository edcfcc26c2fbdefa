extension CommandTable {
    static let blockCommands: [CommandSpec] = [
        CommandSpec(
            "block/get", "Print a block.",
            arguments: [.required("cid", "CID of a block.")],
            example: "block get bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am"),
        CommandSpec(
            "block/put", "Store blocks.",
            arguments: [.file("data", "What to store; each file becomes a block.")],
            options: [
                .text("cid-codec", default: "raw", "Codec of the CID; the data is not checked."),
                .text("mhtype", "Hash function; sha2-256 by default."),
                .integer("mhlen", default: -1, "Length of the digest; -1 means all of it."),
                .flag("pin", default: false, "Pin the blocks recursively."),
                allowBigBlock,
                .text("format", "f", "Old form of the codec: v0, protobuf, cbor, raw."),
            ],
            example: "block put --cid-codec=dag-pb node.bin"),
        CommandSpec(
            "block/rm", "Remove blocks.",
            arguments: [.oneOrMore("cid", "CID of a block.", standardInput: false)],
            options: [
                .flag("force", "f", "A missing block is no error."),
                .flag("quiet", "q", "Print errors only."),
            ],
            example: "block rm bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am"),
        CommandSpec(
            "block/stat", "Print the size of a block.",
            arguments: [.required("cid", "CID of a block.")],
            example: "block stat bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am"),
    ]

    static let dagCommands: [CommandSpec] = [
        CommandSpec(
            "dag/export", "Write everything below a root as a CAR file.",
            arguments: [.required("root", "CID of the root.")],
            options: [
                .flag(
                    "progress", "p", side: .client,
                    "Show progress; on by default on a terminal."),
                .flag("local-only", "Leave out what is missing here, with all below it."),
            ],
            example: "dag export bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy"),
        CommandSpec(
            "dag/get", "Print a node, or a value inside it.",
            arguments: [.required("ref", "CID, with a path into the node or without.")],
            options: [.text("output-codec", default: "dag-json", "Codec to print it in.")],
            example: "dag get bafyreib3aoe3twstnlwgsgs7sxredpwkmry4dzswqsuhbr3jepqbzgxk24/a/0"),
        CommandSpec(
            "dag/import", "Store the blocks of CAR files.",
            arguments: [.file("path", "A CAR file.")],
            options: [
                .flag("pin-roots", "Pin the roots after importing; true by default."),
                .flag("local-only", "The CAR is partial; implies --pin-roots=false."),
                .flag("silent", "Print nothing."),
                .flag("stats", "Print how much was imported."),
                allowBigBlock,
                .flag("fast-provide-root", "No effect; accepted for Kubo's sake."),
                .flag("fast-provide-dag", "No effect; accepted for Kubo's sake."),
                .flag("fast-provide-wait", "No effect; accepted for Kubo's sake."),
            ],
            example: "dag import --stats photos.car"),
        CommandSpec(
            "dag/put", "Store nodes of linked data.",
            arguments: [.file("object data", "The node to store.")],
            options: [
                .text("store-codec", default: "dag-cbor", "Codec to store it in."),
                .text("input-codec", default: "dag-json", "Codec of the input."),
                .flag("pin", "Pin the nodes recursively."),
                .text("hash", "Hash function; sha2-256 by default."),
                allowBigBlock,
            ],
            example: "dag put node.json"),
        CommandSpec(
            "dag/resolve", "Find the block that a path ends in.",
            arguments: [.required("ref", "The path to resolve.")],
            example: "dag resolve bafyreib3aoe3twstnlwgsgs7sxredpwkmry4dzswqsuhbr3jepqbzgxk24/a"),
        CommandSpec(
            "dag/stat", "Print how large DAGs are.",
            arguments: [.oneOrMore("root", "CID of a root.")],
            options: [
                .flag("progress", "p", default: true, "Show progress while walking.")
            ],
            example: "dag stat bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy"),
        CommandSpec(
            "refs", "List the links of nodes.",
            arguments: [.oneOrMore("ipfs-path", "Path of a node.")],
            options: [
                .text(
                    "format", default: "<dst>",
                    "What to print; <src>, <dst> and <linkname> are replaced."),
                .flag("edges", "e", "Print both ends: <src> -> <dst>."),
                .flag("unique", "u", "Print nothing twice."),
                .flag("recursive", "r", "List the links of children as well."),
                .integer("max-depth", default: -1, "How deep to go; -1 means to the end."),
            ],
            example: "refs -r bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy"),
        CommandSpec(
            "refs/local", "List all blocks that are stored here.", example: "refs local"),
        CommandSpec(
            "resolve", "Resolve a path to a CID.",
            arguments: [.required("name", "The path to resolve.")],
            options: [
                .flag("recursive", "r", default: true, "Go on until the result is a CID."),
                .integer("dht-record-count", "dhtrc", "No effect; accepted for Kubo's sake."),
                .text("dht-timeout", "dhtt", "No effect; accepted for Kubo's sake."),
            ],
            example: "resolve /ipfs/bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy/a"),
    ]

    private static let allowBigBlock = OptionSpec.flag(
        "allow-big-block", default: false, "Allow blocks of more than 2 MiB.")
}
