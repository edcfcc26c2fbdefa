import JSON
import Node

/// `holdfast repo …`, `holdfast stats …`.
enum RepositoryActions {
    static let stat: ProgramCommand.Action = TextAction.action { value, typed, session in
        let isHuman = typed.flag("human")
        func size(_ name: String) -> [String] {
            let bytes = value[name]?.unsigned ?? 0
            return [name + ":", isHuman ? HumanSize.decimal(bytes) : "\(bytes)"]
        }
        var rows: [[String]] = []
        let isFull = !typed.flag("size-only")
        if isFull { rows.append(["NumObjects:", "\(value["NumObjects"]?.unsigned ?? 0)"]) }
        rows += [size("RepoSize"), size("StorageMax")]
        if isFull {
            rows.append(["RepoPath:", value["RepoPath"]?.text ?? ""])
            rows.append(["Version:", value["Version"]?.text ?? ""])
        }
        try session.output.write(AlignedTable.text(rows, cellWidthMin: 0))
    }

    static let version: ProgramCommand.Action = TextAction.action { value, typed, session in
        let version = "fs-repo@" + (value["Version"]?.text ?? "")
        try session.output.line(typed.flag("quiet") ? version : "ipfs repo version \(version)")
    }

    static let verify: ProgramCommand.Action = TextAction.action { value, _, session in
        let message = value["Msg"]?.text ?? ""
        if !message.isEmpty {
            try session.output.line(message)
        } else if session.output.isTerminal {
            try session.output.write("\(value["Progress"]?.integer ?? 0) blocks processed.")
            try session.output.control(.lineStart)
            try session.output.flush()
        }
    }
}
