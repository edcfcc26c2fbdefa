import JSON

/// `holdfast block …`; `block get` is a `BytesAction`.
enum BlockActions {
    static let put: ProgramCommand.Action = TextAction.action { value, _, session in
        guard let key = value["Key"]?.text else { throw NodeError.without("a CID") }
        try session.output.line(key)
    }

    static let stat: ProgramCommand.Action = TextAction.action { value, _, session in
        guard let key = value["Key"]?.text else { throw NodeError.without("a CID") }
        try session.output.write(
            "Key: \(key)\nSize: \(try value.neededUnsigned("Size"))\n")
    }

    static let remove: ProgramCommand.Action = { typed, session in
        var isComplete = true
        try TextAction.run(typed, session) { value in
            let hash = try value.text("Hash") ?? ""
            guard let error = try value.text("Error"), !error.isEmpty else {
                guard !hash.isEmpty else { throw NodeError.without("what it has removed") }
                try session.output.line("removed \(hash)")
                return
            }
            if hash.isEmpty { throw NodeError("aborted: \(error)") }
            isComplete = false
            try session.errors.line("cannot remove \(hash): \(error)")
        }
        if !isComplete { throw NodeError("some blocks not removed") }
    }
}
