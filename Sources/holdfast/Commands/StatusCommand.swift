import HTTP
import JSON
import Node

/// `holdfast status`.
enum StatusCommand {
    static let command = ProgramCommand(
        "status", "Show whether the node runs, and how the repository is.",
        discussion: "Fails if the node, or the repository, is not in order.",
        examples: ["status"]
    ) { typed, session in
        let client = try session.client(for: typed)
        // Of a node elsewhere, this machine knows the address alone.
        var rows =
            if let address = session.namedAddress(typed) {
                [["node:", address]]
            } else {
                try localRows(home: session.home(typed))
            }
        var isAnswered = false
        var request = RPCRequest(["repo", "stat"])
        request.timeout = typed.timeout
        try client.values(request) { value, _ in
            guard !isAnswered else { throw NodeError("the node answers more than once") }
            isAnswered = true
            rows.append(["blocks:", "\(try value.neededUnsigned("NumObjects"))"])
            rows.append(["stored:", HumanSize.binary(try value.neededUnsigned("RepoSize"))])
            rows.append(["limit:", HumanSize.binary(try value.neededUnsigned("StorageMax"))])
        }
        let (status, text) = try client.page("/readyz", timeout: typed.timeout)
        let health = text.split(separator: "\n").map(String.init)
        rows.append(["health:", health.first ?? "\(status)"])
        rows += health.dropFirst().map { ["", $0] }
        try session.output.write(AlignedTable.text(rows))
        guard status == .ok else {
            throw NodeError("the node is not in order: \(health.first ?? "")")
        }
        if let damage = health.first(where: { $0.hasPrefix("degraded") }) {
            throw NodeError("the repository is not in order: \(damage)")
        }
    }

    private static func localRows(home: String) throws -> [[String]] {
        var rows = [["repository:", home]]
        guard let pid = try Repository.runningNodeProcess(home: home) else {
            return rows + [["node:", "not running"]]
        }
        rows.append(["node:", "running, process \(pid)"])
        if let address = try Repository.runningNodeAddress(home: home) {
            rows.append(["private:", address])
        }
        if let address = Repository.gatewayAddress(home: home) {
            rows.append(["public:", address])
        }
        return rows
    }
}
