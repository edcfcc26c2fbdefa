import Buffers
import HTTP
import Node

/// Runs a command that answers with bytes, and writes them to standard output.
enum BytesCommand {
    /// `cat`, `block get`, `dag get`, `dag export`, `multibase …`.
    static let action: Command.Action = { invocation, session in
        var request = RPCRequest(invocation)
        if invocation.command.arguments.contains(where: \.isFile) {
            if invocation.arguments.isEmpty { try session.announceStandardInput() }
            request.arguments = []
            request.body = FilesBody(invocation.arguments)
        } else {
            request.arguments = try session.arguments(invocation)
        }
        // Linked data is text that strangers wrote; files and blocks are bytes, and stay so.
        let isText = session.output.isTerminal && invocation.command.name == "dag get"
        var bar: ProgressBar?
        try session.client(for: invocation).bytes(
            request, onHead: { bar = progressBar(for: invocation, session, $0) },
            onPiece: { piece in
                if isText {
                    try session.output.write(piece.displayText)
                } else {
                    try session.output.write(piece)
                }
                try bar?.add(piece.count)
            })
        try bar?.clear()
    }

    /// A bar for long downloads that do not go to the terminal themselves.
    static func progressBar(
        for invocation: Invocation, _ session: Session, _ fields: Fields
    ) -> ProgressBar? {
        guard invocation.command.option(named: "progress") != nil else { return nil }
        let total = fields["X-Content-Length"].flatMap { UInt64($0) }
        let isLong = total.map { $0 >= 8 << 20 } ?? (invocation.command.name != "cat")
        let isShown =
            invocation.isGiven("progress")
            ? invocation.flag("progress")
            : session.errors.isTerminal && !session.output.isTerminal && isLong
        return isShown ? ProgressBar(on: session.errors, totalByteCount: total) : nil
    }
}
