import Execution
import JSON
import Node

/// `holdfast id`, `version`, `resolve`, `commands`, `shutdown`, `swarm …`.
enum NodeActions {
    static let id: ProgramCommand.Action = TextAction.action { value, typed, session in
        let id = try value.neededText("ID")
        guard let format = typed.text("format") else {
            try value.writeIndented { try session.output.text($0) }
            try session.output.write("\n\n")
            return
        }
        func lines(_ name: String) throws -> String {
            try value.texts(name).joined(separator: "\n")
        }
        try session.output.write(
            filled(
                format,
                [
                    ("<id>", id), ("<aver>", try value.text("AgentVersion") ?? ""),
                    ("<pubkey>", try value.text("PublicKey") ?? ""),
                    ("<addrs>", try lines("Addresses")),
                    ("<protocols>", try lines("Protocols")),
                    ("\\n", "\n"), ("\\t", "\t"),
                ]))
    }

    /// A format with its words replaced. What the node says is not looked into for more of them.
    static func filled(_ format: String, _ words: [(word: String, text: String)]) -> String {
        var filled = ""
        var rest = format.unicodeScalars[...]
        while let scalar = rest.first {
            if let (word, text) = words.first(where: { rest.starts(with: $0.word.unicodeScalars) })
            {
                filled += text
                rest = rest.dropFirst(word.unicodeScalars.count)
            } else {
                filled.unicodeScalars.append(scalar)
                rest.removeFirst()
            }
        }
        return filled
    }

    /// Needs neither a node nor a repository.
    static let version: ProgramCommand.Action = { typed, session in
        let output = session.output
        if typed.printsJSON {
            try TextAction.run(typed, session) { _ in }
        } else if typed.flag("all") {
            try output.line("Holdfast version: \(Version.current)")
            try output.line("Kubo RPC version: \(Version.kubo)")
            try output.line("Repo version: \(Version.kuboRepository)")
            try output.line("System version: \(Version.system)")
            try output.line("Swift version: \(Version.swift)")
        } else if typed.flag("repo") {
            try output.line(Version.kuboRepository)
        } else if typed.flag("number") {
            try output.line(Version.current)
        } else {
            try output.line("holdfast version \(Version.current)")
        }
    }

    static let resolve: ProgramCommand.Action = TextAction.action { value, _, session in
        try session.output.line(value.neededText("Path"))
    }

    /// Stops the node, and waits until it has given the repository back if that is on this machine:
    /// the next command finds it free.
    static let shutdown: ProgramCommand.Action = { typed, session in
        let home = session.home(typed)
        let isLocal = session.namedAddress(typed) == nil
        if isLocal, try Repository.runningNodeAddress(home: home) == nil {
            try Repository.checkEarlierNode(home: home)
            throw NodeError("no node is running on \(home)")
        }
        try TextAction.run(typed, session) { _ in }
        let deadline = Deadline.after(Limits.shutdownDuration)
        while isLocal, try Repository.runningNodeProcess(home: home) != nil {
            guard !deadline.hasPassed else {
                throw NodeError("the node is still stopping: some request does not end")
            }
            _ = Pending<Void>().value(by: .after(.milliseconds(10)))
        }
    }

    static let commands: ProgramCommand.Action = TextAction.action { value, typed, session in
        try printCommand(value, above: "", typed, session)
    }

    private static func printCommand(
        _ value: JSONValue, above: String, _ typed: TypedCommand, _ session: Session
    ) throws {
        let name = above + (try value.neededText("Name"))
        try session.output.line(name)
        if typed.flag("flags") {
            for option in try value.list("Options") {
                for alias in try option.texts("Names") {
                    try session.output.line("\(name) \(Option.dashed(alias))")
                }
            }
        }
        for child in try value.list("Subcommands") {
            try printCommand(child, above: name + " ", typed, session)
        }
    }

    /// Lists of texts, one a line.
    static let strings: ProgramCommand.Action = TextAction.list("Strings") { text, _, session in
        guard let text = text.text else { throw NodeError.without("a list of texts \"Strings\"") }
        try session.output.line(text)
    }

    static let peers: ProgramCommand.Action = TextAction.list("Peers") { peer, _, session in
        let (address, id) = (try peer.neededText("Addr"), try peer.neededText("Peer"))
        try session.output.line("\(address)/p2p/\(id)")
    }

    /// Commands without a text form of their own print their values as they come.
    static let raw: ProgramCommand.Action = TextAction.action { value, _, session in
        try value.writeIndented { try session.output.text($0) }
        try session.output.write("\n")
    }
}
