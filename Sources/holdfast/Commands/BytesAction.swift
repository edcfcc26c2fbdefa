import Buffers
import Node

/// Runs a command that answers with bytes, and writes them to standard output.
enum BytesAction {
    /// Files, blocks and CARs are bytes, and stay so wherever they go.
    private static let contentCommands: Set<String> = ["cat", "block get", "dag export"]

    /// `cat`, `block get`, `dag get`, `dag export`, `multibase …`.
    static let action: ProgramCommand.Action = { typed, session in
        let request = try session.request(for: typed)
        // On a terminal: linked data, and what is converted, is text that strangers wrote.
        let isContent = contentCommands.contains(typed.command.name)
        var text = session.output.isTerminal && !isContent ? TextPieces() : nil
        var bar: ProgressBar?
        try session.client(for: typed).bytes(
            request,
            onHead: { fields in
                bar = ProgressBar.ofDownload(typed, session, fields) { total in
                    let isLong = total.map { $0 >= 8 << 20 } ?? (typed.command.name != "cat")
                    // One that goes to the terminal itself leaves no place for a bar.
                    return isLong && !session.output.isTerminal
                }
            },
            onPiece: { piece in
                if let whole = text?.take(piece) {
                    try session.output.text(whole)
                } else {
                    try session.output.write(piece)
                }
                try bar?.add(piece.count)
            })
        if let rest = text?.finish() { try session.output.text(rest) }
        try bar?.clear()
    }
}
