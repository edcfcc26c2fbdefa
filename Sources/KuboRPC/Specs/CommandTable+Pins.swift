extension CommandTable {
    static let pinCommands: [CommandSpec] = [
        CommandSpec(
            "pin/add", "Pin content, so that it is kept.",
            arguments: [.oneOrMore("ipfs-path", "Path of what to pin.")],
            options: [
                .flag("recursive", "r", default: true, "Pin everything below as well."),
                .text("name", "n", "Name of the pin."),
                .flag("progress", "Show progress."),
            ] + provideOptions,
            example:
                "pin add --name=photos bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy"),
        CommandSpec(
            "pin/ls", "List pins.",
            arguments: [.any("ipfs-path", "Path of what may be pinned; all pins without one.")],
            options: [
                .text(
                    "type", "t", default: "all",
                    "Which pins to list: direct, indirect, recursive or all."),
                .flag("quiet", "q", "Print CIDs only."),
                .text("name", "n", "List pins with this in their name; implies --names."),
                .flag("stream", "s", "Print pins as they are found."),
                .flag("names", "Print the names of pins."),
            ],
            example: "pin ls --type=recursive --names"),
        CommandSpec(
            "pin/rm", "Remove pins.",
            arguments: [.oneOrMore("ipfs-path", "Path of what is pinned.")],
            options: [.flag("recursive", "r", default: true, "Remove recursive pins.")],
            example: "pin rm bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy"),
        CommandSpec(
            "pin/update", "Pin another version of what is pinned.",
            discussion:
                "Faster than `pin add` and `pin rm`: what both versions share is not walked.",
            arguments: [
                .required("from-path", "Path of the old version.", standardInput: false),
                .required("to-path", "Path of the new version.", standardInput: false),
            ],
            options: [.flag("unpin", default: true, "Remove the old pin.")] + provideOptions,
            example: """
                pin update QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn \
                bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy
                """),
        CommandSpec(
            "pin/verify",
            "Check that recursive pins are complete. A broken pin is printed, and no failure.",
            options: [
                .flag("verbose", "List the complete ones as well."),
                .flag("quiet", "q", "Print the CIDs of broken pins only."),
            ],
            example: "pin verify --verbose"),
    ]

    private static let provideOptions: [OptionSpec] = [
        .flag("fast-provide-root", "No effect; accepted for Kubo's sake."),
        .flag("fast-provide-dag", "No effect; accepted for Kubo's sake."),
        .flag("fast-provide-wait", "No effect; accepted for Kubo's sake."),
    ]
}
