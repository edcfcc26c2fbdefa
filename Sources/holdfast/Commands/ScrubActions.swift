import JSON

/// `holdfast scrub …`.
enum ScrubActions {
    static let status: ProgramCommand.Action = TextAction.action { value, _, session in
        let state = try value.neededText("State")
        var rows = [["scrubber:", states[state] ?? state]]
        if let error = try value.text("Error"), !error.isEmpty { rows.append(["error:", error]) }
        if let run = try value.object("Run") {
            let position = try value.neededUnsigned("Position")
            let target = try run.neededUnsigned("Target")
            rows.append(["run:", "at \(min(position, target)) of \(target)"])
            rows += try figures(run)
        }
        if let last = try value.object("LastRun") {
            rows.append(["last full run:", "ended \(try last.neededText("Ended"))"])
            rows += try figures(last)
        } else {
            rows.append(["last full run:", "none"])
        }
        try session.output.write(AlignedTable.text(rows))
    }

    static let now: ProgramCommand.Action = TextAction.action { value, _, session in
        guard try value.truth("Begun") == true else { throw NodeError.without("that it begins") }
        try session.output.line(
            "every block is read again now: `holdfast scrub status` shows how far that is")
    }

    private static let states = [
        "stopped": "no node is running", "off": "off, but for `holdfast scrub now`",
        "waiting": "waits for its next run", "running": "running",
        "hurrying": "running as fast as it can", "paused": "paused",
        "failing": "failing, and trying again",
    ]

    private static func figures(_ run: JSONValue) throws(NodeError) -> [[String]] {
        var rows = [["  began:", try run.neededText("Began")]]
        let size = HumanSize.binary(try run.neededUnsigned("CheckedBytes"))
        rows.append(["  checked:", "\(try run.neededUnsigned("Checked")) values, \(size)"])
        for name in ["Damaged", "Freed", "Unreadable", "Garbage"] {
            rows.append(["  \(name.lowercased()):", "\(try run.neededUnsigned(name))"])
        }
        return rows
    }
}
