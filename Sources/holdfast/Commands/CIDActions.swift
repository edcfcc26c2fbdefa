import JSON

/// `holdfast cid format` and `holdfast cid base32`.
enum CIDActions {
    /// Goes on after a CID that cannot be converted, and fails at the end.
    static let convert: ProgramCommand.Action = { typed, session in
        var isComplete = true
        try TextAction.run(typed, session) { value in
            guard let error = try value.text("ErrorMsg"), !error.isEmpty else {
                try session.output.line(value.neededText("Formatted"))
                return
            }
            isComplete = false
            try session.output.flush()
            try session.errors.line("\(try value.text("CidStr") ?? ""): \(error)")
        }
        if !isComplete { throw NodeError("errors while displaying some entries") }
    }
}
