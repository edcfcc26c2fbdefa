import JSON
import Node

/// `holdfast repo …`, `holdfast stats …`.
enum RepositoryActions {
    static let stat: ProgramCommand.Action = TextAction.action { value, typed, session in
        let isHuman = typed.flag("human")
        func size(_ name: String) throws -> [String] {
            let bytes = try value.neededUnsigned(name)
            return [name + ":", isHuman ? HumanSize.decimal(bytes) : "\(bytes)"]
        }
        var rows: [[String]] = []
        let isFull = !typed.flag("size-only")
        if isFull { rows.append(["NumObjects:", "\(try value.neededUnsigned("NumObjects"))"]) }
        rows += [try size("RepoSize"), try size("StorageMax")]
        if isFull {
            rows.append(["RepoPath:", try value.neededText("RepoPath")])
            rows.append(["Version:", try value.neededText("Version")])
        }
        try session.output.write(AlignedTable.text(rows, cellWidthMin: 0))
    }

    static let version: ProgramCommand.Action = TextAction.action { value, typed, session in
        let version = "fs-repo@" + (try value.neededText("Version"))
        try session.output.line(typed.flag("quiet") ? version : "ipfs repo version \(version)")
    }

    static let verify: ProgramCommand.Action = TextAction.action { value, _, session in
        if let message = try value.text("Msg"), !message.isEmpty {
            return try session.output.line(message)
        }
        let blockCount = try value.neededInteger("Progress")
        if session.output.isTerminal {
            try session.output.write("\(blockCount) blocks processed.")
            try session.output.control(.lineStart)
            try session.output.flush()
        }
    }
}
