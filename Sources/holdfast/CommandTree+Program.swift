import KuboRPC

/// The commands of this program: those of the RPC's table, and those that only make sense here.
extension CommandTree {
    static let program = CommandTree(
        CommandTable.commands.map { spec in
            Command(
                spec, adding: addedOptions[spec.name] ?? [],
                action: actions[spec.name] ?? NodeCommands.raw)
        } + [
            InitCommand.command, ServeCommand.command, StatusCommand.command,
            CompletionsCommand.command,
        ],
        groups: CommandTable.groups)

    private static let addedOptions: [String: [Option]] = [
        "add": [
            Option(
                ["explain"],
                "Print which options are in force and where they come from; add nothing.")
        ]
    ]

    private static let actions: [String: Command.Action] = [
        "add": AddCommand.action,
        "block/get": BytesCommand.action,
        "block/put": BlockCommands.put,
        "block/rm": BlockCommands.remove,
        "block/stat": BlockCommands.stat,
        "cat": BytesCommand.action,
        "cid/base32": CIDCommands.convert,
        "cid/bases": TableCommands.bases,
        "cid/codecs": TableCommands.codes,
        "cid/format": CIDCommands.convert,
        "cid/hashes": TableCommands.codes,
        "commands": NodeCommands.commands,
        "dag/export": BytesCommand.action,
        "dag/get": BytesCommand.action,
        "dag/import": DAGCommands.importFiles,
        "dag/put": DAGCommands.put,
        "dag/resolve": DAGCommands.resolve,
        "dag/stat": DAGCommands.stat,
        "get": GetCommand.action,
        "id": NodeCommands.id,
        "ls": ListCommand.action,
        "multibase/decode": BytesCommand.action,
        "multibase/encode": BytesCommand.action,
        "multibase/list": TableCommands.bases,
        "multibase/transcode": BytesCommand.action,
        "pin/add": PinCommands.add,
        "pin/ls": PinCommands.list,
        "pin/rm": PinCommands.remove,
        "pin/update": PinCommands.update,
        "pin/verify": PinCommands.verify,
        "refs": DAGCommands.references,
        "refs/local": DAGCommands.references,
        "repo/ls": DAGCommands.references,
        "repo/stat": RepositoryCommands.stat,
        "repo/verify": RepositoryCommands.verify,
        "repo/version": RepositoryCommands.version,
        "resolve": NodeCommands.resolve,
        "shutdown": NodeCommands.shutdown,
        "stats/repo": RepositoryCommands.stat,
        "swarm/addrs/listen": NodeCommands.strings,
        "swarm/addrs/local": NodeCommands.strings,
        "swarm/connect": NodeCommands.strings,
        "swarm/peers": NodeCommands.peers,
        "version": NodeCommands.version,
    ]
}
