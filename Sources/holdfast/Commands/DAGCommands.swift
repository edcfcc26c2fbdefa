import Buffers
import JSON

/// `holdfast dag …` and `holdfast refs`; `dag get` and `dag export` are `BytesCommand`s.
enum DAGCommands {
    static let put: Command.Action = TextCommand.action { value, _, session in
        guard let cid = value["Cid"]?["/"]?.text else { throw RPCError.without("a CID") }
        try session.output.line(cid)
    }

    /// Without a newline, as Kubo has it.
    static let resolve: Command.Action = TextCommand.action { value, _, session in
        let rest = Bytes(utf8: value["RemPath"]?.text ?? "").split(separator: UInt8(ascii: "/"))
        guard let cid = value["Cid"]?["/"]?.text else { throw RPCError.without("a CID") }
        let parts = [cid] + rest.map(\.displayText)
        try session.output.write(parts.joined(separator: "/"))
    }

    static let importFiles: Command.Action = { invocation, session in
        var failure: RPCError?
        var hasStats = false
        var asking = invocation
        // Then the answer says something also where no root is pinned.
        if !invocation.printsJSON, !invocation.isGiven("stats"),
            let option = invocation.command.option(named: "stats")
        {
            try asking.set(option, to: "true")
        }
        try TextCommand.run(asking, session) { value in
            if value["Stats"] != nil { hasStats = true }
            guard !invocation.flag("silent") else { return }
            if let root = value["Root"] {
                let cid = root["Cid"]?["/"]?.text ?? ""
                if let error = root["PinErrorMsg"]?.text, !error.isEmpty {
                    failure = failure ?? RPCError("pinning root \"\(cid)\" FAILED: \(error)")
                } else {
                    try session.output.line("Pinned root\t\(cid)\tsuccess")
                }
            } else if let stats = value["Stats"], invocation.flag("stats") {
                let count = stats["BlockCount"]?.unsigned ?? 0
                let bytes = stats["BlockBytesCount"]?.unsigned ?? 0
                try session.output.line("Imported \(count) blocks (\(bytes) bytes)")
            }
        }
        if let failure { throw failure }
        let isAsked = !invocation.printsJSON && !invocation.flag("silent") && asking.flag("stats")
        guard hasStats || !isAsked else { throw RPCError.without("what it has imported") }
    }

    static let stat: Command.Action = { invocation, session in
        let showsProgress = invocation.showsProgress(byDefault: session.errors.isTerminal)
        var invocation = invocation
        if !invocation.isGiven("progress"),
            let option = invocation.command.option(named: "progress")
        {
            try invocation.set(option, to: showsProgress ? "true" : "false")
        }
        var last: JSONValue?
        try TextCommand.run(invocation, session) { value in
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

    static let references: Command.Action = TextCommand.action { value, _, session in
        if let error = value["Err"]?.text, !error.isEmpty { throw RPCError(error) }
        guard let reference = value["Ref"]?.text else { throw RPCError.without("a reference") }
        try session.output.line(reference)
    }
}
