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
                try progress.take(value, place.name)
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

        mutating func take(_ value: JSONValue, _ name: String?) throws(NodeError) {
            switch name {
            case "Progress": nodeCount = try Self.count(value.integer, name)
            case "Bytes": byteCount = try Self.count(value.unsigned, name)
            default: break
            }
        }

        private static func count<Number>(
            _ number: Number?, _ name: String?
        ) throws(NodeError) -> Number {
            guard let number else { throw .without("a number \"\(name ?? "")\"") }
            return number
        }
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
                let cid = try value.neededText("Cid")
                try session.output.line(line(cid, value, isQuiet: isQuiet))
            }
        }
        let keys = JSONShape.members(["Keys": .members([:])])
        try TextAction.walk(typed, session, keys) { event in
            guard case .value(let pin, let place) = event, place.depth == 2 else { return }
            try session.output.line(line(place.name ?? "", pin, isQuiet: isQuiet))
        }
    }

    private static func line(
        _ cid: String, _ pin: JSONValue, isQuiet: Bool
    ) throws(NodeError) -> String {
        let (type, name) = (try pin.neededText("Type"), try pin.text("Name") ?? "")
        return isQuiet ? cid : "\(cid) \(type)" + (name.isEmpty ? "" : " \(name)")
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
                guard let text = pin.text else { throw NodeError.without("what it has pinned") }
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
        if let error = try value.text("Err"), !error.isEmpty {
            try session.output.line("error: \(error)")
            return
        }
        let (cid, isGood) = (try value.neededText("Cid"), try value.truth("Ok") ?? false)
        if typed.flag("quiet"), !isGood {
            try session.output.line(cid)
        } else if isGood {
            try session.output.line("\(cid) ok")
        } else {
            try session.output.line("\(cid) broken")
            for node in try value.list("BadNodes") {
                let (below, error) = (try node.neededText("Cid"), try node.text("Err") ?? "")
                try session.output.line("  \(below): \(error)")
            }
        }
    }
}
