import KuboRPC

/// The commands of this program: those of the RPC's table, and those that only make sense here.
extension CommandTree {
    static let program = CommandTree(
        CommandTable.commands.map { spec in
            ProgramCommand(
                spec, adding: addedOptions[spec.name] ?? [],
                action: actions[spec.name] ?? NodeActions.raw)
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

    private static let actions: [String: ProgramCommand.Action] = [
        "add": AddAction.action,
        "block/get": BytesAction.action,
        "block/put": BlockActions.put,
        "block/rm": BlockActions.remove,
        "block/stat": BlockActions.stat,
        "cat": BytesAction.action,
        "cid/base32": CIDActions.convert,
        "cid/bases": TableActions.bases,
        "cid/codecs": TableActions.codes,
        "cid/format": CIDActions.convert,
        "cid/hashes": TableActions.codes,
        "commands": NodeActions.commands,
        "dag/export": BytesAction.action,
        "dag/get": BytesAction.action,
        "dag/import": DAGActions.importFiles,
        "dag/put": DAGActions.put,
        "dag/resolve": DAGActions.resolve,
        "dag/stat": DAGActions.stat,
        "get": GetAction.action,
        "id": NodeActions.id,
        "ls": ListAction.action,
        "multibase/decode": BytesAction.action,
        "multibase/encode": BytesAction.action,
        "multibase/list": TableActions.bases,
        "multibase/transcode": BytesAction.action,
        "pin/add": PinActions.add,
        "pin/ls": PinActions.list,
        "pin/rm": PinActions.remove,
        "pin/update": PinActions.update,
        "pin/verify": PinActions.verify,
        "refs": DAGActions.references,
        "refs/local": DAGActions.references,
        "repo/ls": DAGActions.references,
        "repo/stat": RepositoryActions.stat,
        "repo/verify": RepositoryActions.verify,
        "repo/version": RepositoryActions.version,
        "resolve": NodeActions.resolve,
        "scrub/now": ScrubActions.now,
        "scrub/status": ScrubActions.status,
        "shutdown": NodeActions.shutdown,
        "stats/repo": RepositoryActions.stat,
        "swarm/addrs/listen": NodeActions.strings,
        "swarm/addrs/local": NodeActions.strings,
        "swarm/connect": NodeActions.strings,
        "swarm/peers": NodeActions.peers,
        "version": NodeActions.version,
    ]
}
