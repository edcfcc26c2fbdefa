package import Buffers

/// Every command that the RPC serves, as data. The command line reads the same table.
package enum CommandTable {
    /// All commands, sorted by name.
    package static let commands: [CommandSpec] =
        (fileCommands + pinCommands + blockCommands + dagCommands + repositoryCommands
        + nodeCommands + identifierCommands).sorted { $0.name < $1.name }

    /// What the groups are for; a group has no command of its own.
    package static let groups: [String: String] = [
        "bitswap": "Show the state of the exchange with other nodes.",
        "block": "Work with raw blocks.",
        "cid": "Convert CIDs and list what they can be made of.",
        "dag": "Work with linked data: get, put, import and export.",
        "multibase": "Encode and decode text in any multibase.",
        "pin": "Keep content: list, add and remove pins.",
        "repo": "Look after the repository.",
        "scrub": "Look for damaged blocks before anybody asks for them.",
        "stats": "Show figures of the node.",
        "swarm": "Show the peers of the node.",
    ]

    /// Options that every command takes.
    package static let globalOptions: [OptionSpec] = [
        .text(
            "encoding", "enc", default: "json", "Encoding of the answer; json is the only one."),
        .flag("stream-channels", "Stream the answer; it always is."),
        .text("timeout", "Give up after this time, such as 30s or 1h5m."),
        .text(
            "cid-base",
            "Multibase of the CIDs in the output; any other than base58btc turns CIDv0 into CIDv1."),
        .flag("upgrade-cidv0-in-output", "Print CIDv0 as CIDv1, whatever the base."),
        .flag("offline", "Use what is stored here only."),
    ]

    /// Finds a command.
    ///
    /// - Parameter name: the path below `/api/v0`.
    /// - Returns: nil for groups and unknown names.
    package static func command(named name: Bytes) -> CommandSpec? { byName[name] }

    private static let byName = Dictionary(
        uniqueKeysWithValues: commands.map { (Bytes(utf8: $0.name), $0) })
}
