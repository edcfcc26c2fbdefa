extension CommandTable {
    static let repositoryCommands: [CommandSpec] = [
        CommandSpec(
            "repo/ls", "List all blocks that are stored here.", example: "repo ls"),
        CommandSpec(
            "repo/stat", "Print how large the repository is.", options: sizeOptions,
            example: "repo stat --human"),
        CommandSpec(
            "repo/verify", "Check every stored block against its hash.",
            options: [.flag("drop", "Remove the corrupt ones.")],
            example: "repo verify"),
        CommandSpec(
            "repo/version", "Print the version of the repository.",
            options: [.flag("quiet", "q", side: .client, "Print the number only.")],
            example: "repo version"),
        CommandSpec(
            "scrub/now", "Read every block again, as fast as possible, to find damage.",
            discussion: """
                Returns at once: a node has to run, which does it. A run that somebody has asked for is \
                not begun anew.
                """,
            example: "scrub now"),
        CommandSpec(
            "scrub/status",
            "Print how far the search for damaged blocks is, and what it has found.",
            discussion: """
                Damaged: blocks that failed their check at two looks; they are not served before they have \
                been stored again. Freed: blocks that had, and are whole. Unreadable: numbers of the log \
                that the disk did not give. Garbage: values of blocks that were deleted or stored again.
                """,
            example: "scrub status"),
        CommandSpec(
            "stats/bw", "Print how many bytes went over the network.",
            options: [
                .text("peer", "p", "No effect; accepted for Kubo's sake."),
                .text("proto", "t", "No effect; accepted for Kubo's sake."),
                .flag("poll", "Print again and again."),
                .text("interval", "i", default: "1s", "Time between two lines with --poll."),
            ],
            example: "stats bw"),
        CommandSpec(
            "stats/repo", "Print how large the repository is.", options: sizeOptions,
            example: "stats repo"),
        CommandSpec(
            "stats/bitswap", "Print the figures of the exchange.", options: bitswapOptions,
            example: "stats bitswap"),
        CommandSpec(
            "bitswap/stat", "Print the figures of the exchange.", options: bitswapOptions,
            example: "bitswap stat"),
        CommandSpec(
            "bitswap/wantlist", "List the blocks that the node is looking for.",
            options: [.text("peer", "p", "No effect; accepted for Kubo's sake.")],
            example: "bitswap wantlist"),
    ]

    static let nodeCommands: [CommandSpec] = [
        CommandSpec(
            "commands", "List all commands.",
            options: [.flag("flags", "f", side: .client, "List the options as well.")],
            example: "commands"),
        CommandSpec(
            "id", "Print who the node is.",
            arguments: [.optional("peerid", "Another peer; there are none.")],
            options: [
                .text("format", "f", side: .client, "Print the parts in this form."),
                .text("peerid-base", default: "b58mh", "How to write the id."),
            ],
            example: "id"),
        CommandSpec("shutdown", "Stop the node.", example: "shutdown"),
        CommandSpec(
            "swarm/addrs", "List the addresses of known peers.", example: "swarm addrs"),
        CommandSpec(
            "swarm/addrs/listen", "List the addresses the node listens on.",
            example: "swarm addrs listen"),
        CommandSpec(
            "swarm/addrs/local", "List the addresses of the node.",
            options: [.flag("id", "Show the id in the addresses.")],
            example: "swarm addrs local"),
        CommandSpec(
            "swarm/connect", "Connect to a peer; there are none in this version.",
            arguments: [.oneOrMore("address", "Address of the peer.")],
            example: "swarm connect /ip4/203.0.113.7/tcp/443/https"),
        CommandSpec(
            "swarm/peers", "List the peers that the node is connected to.",
            options: [
                .flag("verbose", "v", "Print everything."),
                .flag("streams", "No effect; accepted for Kubo's sake."),
                .flag("latency", "No effect; accepted for Kubo's sake."),
                .flag("direction", "No effect; accepted for Kubo's sake."),
                .flag("identify", "No effect; accepted for Kubo's sake."),
            ],
            example: "swarm peers"),
        CommandSpec(
            "version", "Print the version.",
            options: [
                .flag("number", "n", side: .client, "Print the number only."),
                .flag("commit", side: .client, "Print the commit as well."),
                .flag("repo", side: .client, "Print the version of the repository."),
                .flag("all", side: .client, "Print everything."),
            ],
            example: "version --all"),
    ]

    private static let sizeOptions: [OptionSpec] = [
        .flag("size-only", "s", "Print the two sizes only."),
        .flag("human", "H", side: .client, "Print sizes such as 3.4 MB."),
    ]

    private static let bitswapOptions: [OptionSpec] = [
        .flag("verbose", "v", side: .client, "Print everything."),
        .flag("human", side: .client, "Print sizes such as 3.4 MB."),
    ]
}
