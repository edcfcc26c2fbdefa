import Buffers
import JSON

/// `holdfast dag …` and `holdfast refs`; `dag get` and `dag export` are `BytesAction`s.
enum DAGActions {
    static let put: ProgramCommand.Action = TextAction.action { value, _, session in
        try session.output.line(value.neededLink("Cid"))
    }

    /// Without a newline, as Kubo has it.
    static let resolve: ProgramCommand.Action = TextAction.action { value, _, session in
        let rest = Bytes(utf8: try value.text("RemPath") ?? "").split(separator: UInt8(ascii: "/"))
        let parts = [try value.neededLink("Cid")] + rest.map(\.displayText)
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
            let (root, stats) = (try value.object("Root"), try value.object("Stats"))
            guard root != nil || stats != nil else {
                throw NodeError.without("what it has imported")
            }
            if let root {
                let (cid, error) = (try root.neededLink("Cid"), try root.text("PinErrorMsg") ?? "")
                if typed.flag("silent") { return }
                if !error.isEmpty {
                    failure = failure ?? NodeError("pinning root \"\(cid)\" FAILED: \(error)")
                } else {
                    try session.output.line("Pinned root\t\(cid)\tsuccess")
                }
            }
            guard let stats else { return }
            hasStats = true
            let count = try stats.neededUnsigned("BlockCount")
            let bytes = try stats.neededUnsigned("BlockBytesCount")
            guard typed.flag("stats"), !typed.flag("silent") else { return }
            try session.output.line("Imported \(count) blocks (\(bytes) bytes)")
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
        if let last { try session.output.write(try statText(last)) }
    }

    private static func showStatProgress(_ value: JSONValue, _ session: Session) throws {
        let stats = try value.list("DagStats")
        let (blocks, bytes) = (try sum("NumBlocks", of: stats), try sum("Size", of: stats))
        try session.errors.write(
            "Fetched/Processed \(blocks) blocks, \(bytes) bytes (\(HumanSize.decimal(bytes)))")
        try session.errors.control(.lineStart)
        try session.errors.flush()
    }

    /// The largest number there is, where a node's numbers are more together.
    static func sum(_ name: String, of stats: [JSONValue]) throws -> UInt64 {
        try stats.reduce(0) { total, stat in
            let (sum, overflows) = total.addingReportingOverflow(try stat.unsigned(name) ?? 0)
            return overflows ? .max : sum
        }
    }

    /// - Throws: for an answer without the DAG that was asked for. Numbers that are zero are left out.
    static func statText(_ value: JSONValue) throws -> String {
        let stats = try value.list("DagStats")
        guard let first = stats.first else { throw NodeError.without("a list \"DagStats\"") }
        let width = try first.neededText("Cid").count
        var text = "\n" + padded("CID", width) + "\t" + padded("Blocks", 15) + "\tSize\n"
        for stat in stats {
            let blocks = padded("\(try stat.unsigned("NumBlocks") ?? 0)", 15)
            let size = try stat.unsigned("Size") ?? 0
            text += "\(try stat.neededText("Cid"))\t\(blocks)\t\(size)\n"
        }
        let total = try value.unsigned("TotalSize") ?? 0
        let shared = try value.unsigned("SharedSize") ?? 0
        text += "\nSummary\n"
        text += "Total Size: \(total) (\(HumanSize.decimal(total)))\n"
        text += "Unique Blocks: \(try value.unsigned("UniqueBlocks") ?? 0)\n"
        text += "Shared Size: \(shared) (\(HumanSize.decimal(shared)))\n"
        return text + "Ratio: \(try ratio(value["Ratio"] ?? .null))\n\n\n"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Six decimals, as Go's `%f`; what no node counts, a negative or a huge number, as it came.
    private static func ratio(_ value: JSONValue) throws(NodeError) -> String {
        guard value != .null else { return "0.000000" }
        guard case .number(let digits) = value, let number = Double(digits) else {
            throw .without("a number \"Ratio\"")
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
        if let error = try value.text("Err"), !error.isEmpty { throw NodeError(error) }
        try session.output.line(value.neededText("Ref"))
    }
}
