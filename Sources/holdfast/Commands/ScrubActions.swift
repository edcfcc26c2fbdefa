import JSON

/// `holdfast scrub …`.
enum ScrubActions {
    static let status: ProgramCommand.Action = TextAction.action { value, _, session in
        let state = value["State"]?.text ?? ""
        var rows = [["scrubber:", states[state] ?? state]]
        if let error = value["Error"]?.text, !error.isEmpty { rows.append(["error:", error]) }
        let run = value["Run"] ?? .null
        if run.members != nil {
            let (position, target) = (number("Position", in: value), number("Target", in: run))
            rows.append(["run:", "at \(min(position, target)) of \(target)"])
            rows += figures(run)
        }
        let last = value["LastRun"] ?? .null
        rows.append(["last full run:", last["Ended"]?.text.map { "ended \($0)" } ?? "none"])
        if last.members != nil { rows += figures(last) }
        try session.output.write(AlignedTable.text(rows))
    }

    static let now: ProgramCommand.Action = TextAction.action { _, _, session in
        try session.output.line(
            "every block is read again now: `holdfast scrub status` shows how far that is")
    }

    private static let states = [
        "stopped": "no node is running", "off": "off, but for `holdfast scrub now`",
        "waiting": "waits for its next run", "running": "running",
        "hurrying": "running as fast as it can", "paused": "paused",
        "failing": "failing, and trying again",
    ]

    private static func figures(_ run: JSONValue) -> [[String]] {
        var rows = [["  began:", run["Began"]?.text ?? ""]]
        let size = HumanSize.binary(number("CheckedBytes", in: run))
        rows.append(["  checked:", "\(number("Checked", in: run)) values, \(size)"])
        for name in ["Damaged", "Freed", "Unreadable", "Garbage"] {
            rows.append(["  \(name.lowercased()):", "\(number(name, in: run))"])
        }
        return rows
    }

    private static func number(_ name: String, in value: JSONValue) -> UInt64 {
        value[name]?.unsigned ?? 0
    }
}
