import Buffers
import JSON

/// `holdfast dag …` and `holdfast refs`; `dag get` and `dag export` are `BytesAction`s.
enum DAGActions {
    static let put: ProgramCommand.Action = TextAction.action { value, _, session in
        guard let cid = value["Cid"]?["/"]?.text else { throw NodeError.without("a CID") }
        try session.output.line(cid)
    }

    /// Without a newline, as Kubo has it.
    static let resolve: ProgramCommand.Action = TextAction.action { value, _, session in
        let rest = Bytes(utf8: value["RemPath"]?.text ?? "").split(separator: UInt8(ascii: "/"))
        guard let cid = value["Cid"]?["/"]?.text else { throw NodeError.without("a CID") }
        let parts = [cid] + rest.map(\.displayText)
        try session.output.write(parts.joined(separator: "/"))
    }

    static let importFiles: ProgramCommand.Action = { typed, session in
        var failure: NodeError?
        var hasStats = false
        var asking = typed
        // Then the answer says something also where no root is pinned.
        if !typed.printsJSON, !typed.isGiven("stats"),
            let option = typed.command.option(named: "stats")
        {
            try asking.set(option, to: "true")
        }
        try TextAction.run(asking, session) { value in
            if value["Stats"] != nil { hasStats = true }
            guard !typed.flag("silent") else { return }
            if let root = value["Root"] {
                let cid = root["Cid"]?["/"]?.text ?? ""
                if let error = root["PinErrorMsg"]?.text, !error.isEmpty {
                    failure = failure ?? NodeError("pinning root \"\(cid)\" FAILED: \(error)")
                } else {
                    try session.output.line("Pinned root\t\(cid)\tsuccess")
                }
            } else if let stats = value["Stats"], typed.flag("stats") {
                let count = stats["BlockCount"]?.unsigned ?? 0
                let bytes = stats["BlockBytesCount"]?.unsigned ?? 0
                try session.output.line("Imported \(count) blocks (\(bytes) bytes)")
            }
        }
        if let failure { throw failure }
        let isAsked = !typed.printsJSON && !typed.flag("silent") && asking.flag("stats")
        guard hasStats || !isAsked else { throw NodeError.without("what it has imported") }
    }

    static let stat: ProgramCommand.Action = { typed, session in
        let showsProgress = typed.showsProgress(byDefault: session.errors.isTerminal)
        var typed = typed
        if !typed.isGiven("progress"),
            let option = typed.command.option(named: "progress")
        {
            try typed.set(option, to: showsProgress ? "true" : "false")
        }
        var last: JSONValue?
        try TextAction.run(typed, session) { value in
            last = value
            if showsProgress, value["Ratio"] == nil { try showStatProgress(value, session) }
        }
        if showsProgress {
            try session.errors.control(.clearLine)
            try session.errors.flush()
        }
        if let last { try session.output.write(statText(last)) }
    }

    private static func showStatProgress(_ value: JSONValue, _ session: Session) throws {
        let stats = value["DagStats"]?.elements ?? []
        let (blocks, bytes) = (sum("NumBlocks", of: stats), sum("Size", of: stats))
        try session.errors.write(
            "Fetched/Processed \(blocks) blocks, \(bytes) bytes (\(HumanSize.decimal(bytes)))")
        try session.errors.control(.lineStart)
        try session.errors.flush()
    }

    /// The largest number there is, where a node's numbers are more together.
    static func sum(_ name: String, of stats: [JSONValue]) -> UInt64 {
        stats.reduce(0) { total, stat in
            let (sum, overflows) = total.addingReportingOverflow(stat[name]?.unsigned ?? 0)
            return overflows ? .max : sum
        }
    }

    static func statText(_ value: JSONValue) -> String {
        let stats = value["DagStats"]?.elements ?? []
        let width = stats.first?["Cid"]?.text?.count ?? 3
        var text = "\n" + padded("CID", width) + "\t" + padded("Blocks", 15) + "\tSize\n"
        for stat in stats {
            let blocks = padded("\(stat["NumBlocks"]?.unsigned ?? 0)", 15)
            text += "\(stat["Cid"]?.text ?? "")\t\(blocks)\t\(stat["Size"]?.unsigned ?? 0)\n"
        }
        let total = value["TotalSize"]?.unsigned ?? 0
        let shared = value["SharedSize"]?.unsigned ?? 0
        text += "\nSummary\n"
        text += "Total Size: \(total) (\(HumanSize.decimal(total)))\n"
        text += "Unique Blocks: \(value["UniqueBlocks"]?.unsigned ?? 0)\n"
        text += "Shared Size: \(shared) (\(HumanSize.decimal(shared)))\n"
        return text + "Ratio: \(ratio(value["Ratio"]))\n\n\n"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Six decimals, as Go's `%f`; what no node counts, a negative or a huge number, as it came.
    private static func ratio(_ value: JSONValue?) -> String {
        guard case .number(let digits) = value, let number = Double(digits) else {
            return "0.000000"
        }
        // Below this, all millionths fit into an `Int`.
        guard number >= 0, number < 9e12 else { return digits }
        let whole = number.rounded(.down)
        let millionths = Int(whole) * 1_000_000 + Int(((number - whole) * 1e6).rounded())
        let fraction = String(millionths % 1_000_000)
        return "\(millionths / 1_000_000)."
            + String(repeating: "0", count: 6 - fraction.count) + fraction
    }

    static let references: ProgramCommand.Action = TextAction.action { value, _, session in
        if let error = value["Err"]?.text, !error.isEmpty { throw NodeError(error) }
        guard let reference = value["Ref"]?.text else { throw NodeError.without("a reference") }
        try session.output.line(reference)
    }
}
