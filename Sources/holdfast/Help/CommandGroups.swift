/// How the program's own help sorts the commands.
enum CommandGroups {
    /// Names of commands and groups under one title.
    struct Group: Sendable {
        let title: String
        let names: [String]
    }

    static let all: [Group] = [
        Group(title: "node", names: ["init", "serve", "status", "id", "version", "shutdown"]),
        Group(title: "files", names: ["add", "cat", "get", "ls"]),
        Group(title: "data", names: ["block", "dag", "refs", "resolve", "pin", "repo", "scrub"]),
        Group(title: "texts", names: ["cid", "multibase"]),
        Group(title: "more", names: ["bitswap", "commands", "completions", "stats", "swarm"]),
    ]
}
