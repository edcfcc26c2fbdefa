import BlockStore
import Content
import Execution
import Multiformats
import Vault

/// `repo/stat`, `stats/repo`, `repo/version` and `repo/verify`.
enum RepositoryCommands {
    static func stat(_ invocation: Invocation) throws -> Answer {
        let settings = invocation.settings
        let statistics = invocation.library.store.statistics
        let size = UInt64(statistics.byteCount)
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
        let (library, drops) = (invocation.library, invocation.options.flag("drop"))
        let context = invocation.context
        return .lines(
            ProducedLines(invocation, name: "rpc-repo-verify") { output in
                var check = StoreCheck(
                    store: library.store, drops: drops, deadline: context.deadline)
                try library.store.forEachBlock { multihash, _ in
                    try context.check()
                    if let message = check.look(at: multihash) {
                        try output.emit(line(message, 0))
                    }
                    try output.emit(line("", check.blockCount))
                    return true
                }
                if check.hasFailed { return output.conclude(check.summary) }
                try output.emit(line(check.summary, 0))
            })
    }

    private static func line(_ message: String, _ progress: Int) -> JSON {
        .object([("Msg", .text(message)), ("Progress", .count(progress))])
    }
}

/// Hashes stored blocks and counts what is wrong.
private struct StoreCheck {
    let store: BlockStore
    let drops: Bool
    let deadline: Deadline
    private(set) var blockCount = 0
    private var corruptCount = 0
    private var removedCount = 0
    private var stuckCount = 0

    init(store: BlockStore, drops: Bool, deadline: Deadline) {
        self.store = store
        self.drops = drops
        self.deadline = deadline
    }

    /// Checks one block.
    ///
    /// - Returns: what is wrong with it and what was done about it.
    mutating func look(at multihash: Multihash) -> String? {
        blockCount += 1
        guard let cause = fault(of: multihash) else { return nil }
        corruptCount += 1
        let message = "block \(CID.v1(.raw, multihash)) was corrupt (\(cause))"
        guard drops else { return message }
        do {
            try store.delete(multihash, by: deadline)
            removedCount += 1
            return message + ", removed"
        } catch {
            stuckCount += 1
            return message + ", failed to remove (\(error.message))"
        }
    }

    /// Whether the run ends as a failure: damage that is still there.
    var hasFailed: Bool { drops ? stuckCount > 0 : corruptCount > 0 }

    var summary: String {
        guard corruptCount > 0 else { return "verify complete, all blocks validated." }
        return "verify complete, \(corruptCount) blocks corrupt"
            + (removedCount > 0 ? ", \(removedCount) removed" : "")
            + (stuckCount > 0 ? ", \(stuckCount) failed to remove" : "")
    }

    private func fault(of multihash: Multihash) -> String? {
        do {
            guard let bytes = try store.get(multihash) else { return "it is not readable" }
            let function = try HashFunction(code: multihash.code)
            return function.verify(bytes, against: multihash)
                ? nil : "block in storage has different hash than requested"
        } catch {
            return "\(error)"
        }
    }
}
