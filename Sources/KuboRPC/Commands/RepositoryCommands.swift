import BlockStore
import Content
import JSON

/// `repo/stat`, `stats/repo`, `repo/version` and `repo/verify`.
enum RepositoryCommands {
    static func stat(_ invocation: Invocation) throws -> Answer {
        let settings = invocation.settings
        let statistics = invocation.library.store.statistics
        // Counters that are kept on the side: a wrong one is no reason to stop.
        let size = UInt64(max(0, statistics.byteCount))
        let free = UInt64(max(0, statistics.freeByteCount ?? 0))
        let isShort = invocation.options.flag("size-only")
        return .value(
            .object([
                ("RepoSize", .unsigned(size)),
                ("StorageMax", .unsigned(settings.storageMax ?? (size + free))),
                ("NumObjects", .count(isShort ? 0 : statistics.blockCount)),
                ("RepoPath", .text(isShort ? "" : settings.repositoryPath)),
                (
                    "Version",
                    .text(isShort ? "" : "fs-repo@" + NodeCommands.repositoryVersion)
                ),
            ]))
    }

    static func version(_ invocation: Invocation) throws -> Answer {
        .value(.object([("Version", .text(NodeCommands.repositoryVersion))]))
    }

    static func verify(_ invocation: Invocation) throws -> Answer {
        let (access, drops) = (invocation.access, invocation.options.flag("drop"))
        return .lines(
            ProducedLines(invocation, name: "rpc-repo-verify") { output in
                var check = StoreCheck(access, drops: drops)
                try access.library.store.forEachBlock { multihash, _ in
                    try access.context.check()
                    if let message = try check.look(at: multihash) {
                        try output.emit(line(message, 0))
                    }
                    try output.emit(line("", check.blockCount))
                    return true
                }
                if check.hasFailed { return output.conclude(check.summary) }
                try output.emit(line(check.summary, 0))
            })
    }

    private static func line(_ message: String, _ progress: Int) -> JSONOutput {
        .object([("Msg", .text(message)), ("Progress", .count(progress))])
    }
}
