import JSON

/// `holdfast block …`; `block get` is a `BytesCommand`.
enum BlockCommands {
    static let put: Command.Action = TextCommand.action { value, _, session in
        guard let key = value["Key"]?.text else { throw RPCError.without("a CID") }
        try session.output.line(key)
    }

    static let stat: Command.Action = TextCommand.action { value, _, session in
        guard let key = value["Key"]?.text else { throw RPCError.without("a CID") }
        try session.output.write(
            "Key: \(key)\nSize: \(value["Size"]?.unsigned ?? 0)\n")
    }

    static let remove: Command.Action = { invocation, session in
        var isComplete = true
        try TextCommand.run(invocation, session) { value in
            let hash = value["Hash"]?.text ?? ""
            guard let error = value["Error"]?.text, !error.isEmpty else {
                guard !hash.isEmpty else { throw RPCError.without("what it has removed") }
                try session.output.line("removed \(hash)")
                return
            }
            if hash.isEmpty { throw RPCError("aborted: \(error)") }
            isComplete = false
            try session.errors.line("cannot remove \(hash): \(error)")
        }
        if !isComplete { throw RPCError("some blocks not removed") }
    }
}
