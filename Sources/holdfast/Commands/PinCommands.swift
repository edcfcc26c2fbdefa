import Node

/// `holdfast pin …`.
enum PinCommands {
    static let add: Command.Action = { invocation, session in
        let kind = invocation.flag("recursive") ? "recursively" : "directly"
        var isDone = invocation.printsJSON
        try TextCommand.run(invocation, session) { value in
            guard let pins = value["Pins"]?.elements else {
                return try showProgress(value, session)
            }
            isDone = true
            for pin in pins { try session.output.line("pinned \(pin.text ?? "") \(kind)") }
        }
        guard isDone else { throw RPCError("the node has ended without saying what it has pinned") }
    }

    private static func showProgress(_ value: JSONValue, _ session: Session) throws {
        let size = HumanSize.decimal(value["Bytes"]?.unsigned ?? 0)
        try session.errors.write(
            "Fetched/Processed \(value["Progress"]?.integer ?? 0) nodes (\(size))")
        try session.errors.control(.lineStart)
        try session.errors.flush()
    }

    /// The pins of a long list come one by one; in a stream each is a value of its own.
    static let list: Command.Action = { invocation, session in
        let isQuiet = invocation.flag("quiet")
        guard !invocation.flag("stream") else {
            return try TextCommand.run(invocation, session) { value in
                try session.output.line(line(value["Cid"]?.text ?? "", value, isQuiet: isQuiet))
            }
        }
        let keys = JSONShape.members(["Keys": .members([:])])
        try TextCommand.walk(invocation, session, keys) { event in
            guard case .value(let pin, let place) = event, place.depth == 2 else { return }
            try session.output.line(line(place.name ?? "", pin, isQuiet: isQuiet))
        }
    }

    private static func line(_ cid: String, _ pin: JSONValue, isQuiet: Bool) -> String {
        if isQuiet { return cid }
        let name = pin["Name"]?.text ?? ""
        return "\(cid) \(pin["Type"]?.text ?? "")" + (name.isEmpty ? "" : " \(name)")
    }

    static let remove: Command.Action = TextCommand.action { value, _, session in
        for pin in value["Pins"]?.elements ?? [] {
            try session.output.line("unpinned \(pin.text ?? "")")
        }
    }

    static let update: Command.Action = TextCommand.action { value, _, session in
        let pins = (value["Pins"]?.elements ?? []).compactMap(\.text)
        try session.output.line("updated \(pins.first ?? "") to \(pins.last ?? "")")
    }

    static let verify: Command.Action = TextCommand.action { value, invocation, session in
        let cid = value["Cid"]?.text ?? ""
        if invocation.flag("quiet"), value["Ok"]?.truth != true {
            try session.output.line(cid)
        } else if let error = value["Err"]?.text, !error.isEmpty {
            try session.output.line("error: \(error)")
        } else if value["Ok"]?.truth == true {
            try session.output.line("\(cid) ok")
        } else {
            try session.output.line("\(cid) broken")
            for node in value["BadNodes"]?.elements ?? [] {
                try session.output.line("  \(node["Cid"]?.text ?? ""): \(node["Err"]?.text ?? "")")
            }
        }
    }
}
