import JSON

/// `holdfast cid format` and `holdfast cid base32`.
enum CIDCommands {
    /// Goes on after a CID that cannot be converted, and fails at the end.
    static let convert: Command.Action = { invocation, session in
        var isComplete = true
        try TextCommand.run(invocation, session) { value in
            guard let error = value["ErrorMsg"]?.text, !error.isEmpty else {
                try session.output.line(value["Formatted"]?.text ?? "")
                return
            }
            isComplete = false
            try session.output.flush()
            try session.errors.line("\(value["CidStr"]?.text ?? ""): \(error)")
        }
        if !isComplete { throw RPCError("errors while displaying some entries") }
    }
}
