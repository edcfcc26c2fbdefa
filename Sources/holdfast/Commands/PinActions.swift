import JSON

/// `holdfast pin …`.
enum PinActions {
    static let add: ProgramCommand.Action = { typed, session in
        let kind = typed.flag("recursive") ? "recursively" : "directly"
        var progress = Progress()
        var isDone = typed.printsJSON
        try TextAction.walk(typed, session, pins) { event in
            switch event {
            case .value(let pin, let place) where place.depth == 2:
                guard let cid = pin.text else { throw NodeError.without("what it has pinned") }
                isDone = true
                try session.output.line("pinned \(cid) \(kind)")
            case .value(let value, let place) where place.depth == 1:
                if place.name == "Progress" { progress.nodeCount = value.integer ?? 0 }
                if place.name == "Bytes" { progress.byteCount = value.unsigned ?? 0 }
            case .end(depth: 1): progress.isOver = true
            case .end(depth: 0):
                if !progress.isOver { try show(progress, session) }
                progress = Progress()
            default: break
            }
        }
        guard isDone else { throw NodeError.without("what it has pinned") }
    }

    private static let pins = JSONShape.members(["Pins": .elements(.whole)])

    /// What a value of the answer says; with the pins it is over.
    private struct Progress {
        var nodeCount: Int64 = 0
        var byteCount: UInt64 = 0
        var isOver = false
    }

    private static func show(_ progress: Progress, _ session: Session) throws {
        try session.errors.write(
            "Fetched/Processed \(progress.nodeCount) nodes "
                + "(\(HumanSize.decimal(progress.byteCount)))")
        try session.errors.control(.lineStart)
        try session.errors.flush()
    }

    /// The pins of a long list come one by one; in a stream each is a value of its own.
    static let list: ProgramCommand.Action = { typed, session in
        let isQuiet = typed.flag("quiet")
        guard !typed.flag("stream") else {
            return try TextAction.run(typed, session) { value in
                try session.output.line(line(value["Cid"]?.text ?? "", value, isQuiet: isQuiet))
            }
        }
        let keys = JSONShape.members(["Keys": .members([:])])
        try TextAction.walk(typed, session, keys) { event in
            guard case .value(let pin, let place) = event, place.depth == 2 else { return }
            try session.output.line(line(place.name ?? "", pin, isQuiet: isQuiet))
        }
    }

    private static func line(_ cid: String, _ pin: JSONValue, isQuiet: Bool) -> String {
        if isQuiet { return cid }
        let name = pin["Name"]?.text ?? ""
        return "\(cid) \(pin["Type"]?.text ?? "")" + (name.isEmpty ? "" : " \(name)")
    }

    static let remove: ProgramCommand.Action = { typed, session in
        var isDone = typed.printsJSON
        try TextAction.walk(typed, session, pins) { event in
            guard case .value(let pin, let place) = event, place.depth == 2 else { return }
            guard let cid = pin.text else { throw NodeError.without("what it has unpinned") }
            isDone = true
            try session.output.line("unpinned \(cid)")
        }
        guard isDone else { throw NodeError.without("what it has unpinned") }
    }

    static let update: ProgramCommand.Action = { typed, session in
        var (first, last): (String?, String?) = (nil, nil)
        try TextAction.walk(typed, session, pins) { event in
            switch event {
            case .value(let pin, let place) where place.depth == 2:
                guard let text = pin.text else { return }
                (first, last) = (first ?? text, text)
            case .end(depth: 0):
                guard let old = first, let new = last else {
                    throw NodeError.without("what it has pinned")
                }
                try session.output.line("updated \(old) to \(new)")
                (first, last) = (nil, nil)
            default: break
            }
        }
    }

    static let verify: ProgramCommand.Action = TextAction.action { value, typed, session in
        let cid = value["Cid"]?.text ?? ""
        if typed.flag("quiet"), value["Ok"]?.truth != true {
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
