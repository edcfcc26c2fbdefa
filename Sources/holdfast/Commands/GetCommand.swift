import Buffers
import Execution
import HTTP
import Node

/// `holdfast get`.
enum GetCommand {
    static let action: Command.Action = { invocation, session in
        let arguments = try session.arguments(invocation)
        let isCompressed = invocation.flag("compress")
        if isCompressed, let level = invocation.integer("compression-level"),
            !(1...9).contains(level)
        {
            throw UsageError("compression level must be between 1 and 9", words: ["get"])
        }
        var request = RPCRequest(invocation)
        request.arguments = arguments
        let path = outputPath(invocation, arguments.first ?? "")
        let client = try session.client(for: invocation)
        if isCompressed || invocation.flag("archive") {
            try saveArchive(request, at: path, invocation, session, client)
        } else {
            try extract(request, at: path, invocation, session, client)
        }
    }

    /// The last name of the path that was asked for, unless `-o` says otherwise.
    private static func outputPath(_ invocation: Invocation, _ argument: String) -> String {
        if let path = invocation.text("output"), !path.isEmpty {
            return path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        }
        return PathText.base(of: argument)
    }

    private static func extract(
        _ request: RPCRequest, at path: String, _ invocation: Invocation, _ session: Session,
        _ client: RPCClient
    ) throws {
        var reader = TarReader()
        var extractor: TarExtractor?
        var bar: ProgressBar?
        try client.bytes(
            request,
            onHead: { fields in
                try session.output.line("Saving file(s) to \(path)")
                try session.output.flush()
                bar = Self.bar(invocation, session, fields)
                extractor = TarExtractor(output: path)
            },
            onPiece: { piece in
                try reader.feed(piece) { try extractor?.take($0) }
                try bar?.add(piece.count)
            })
        try bar?.clear()
        try reader.finish()
        try extractor?.finish()
    }

    private static func saveArchive(
        _ request: RPCRequest, at path: String, _ invocation: Invocation, _ session: Session,
        _ client: RPCClient
    ) throws {
        var path = path
        if invocation.flag("archive"), !path.hasSuffix(".tar"), !path.hasSuffix(".tar.gz") {
            path += ".tar"
        }
        if invocation.flag("compress"), !path.hasSuffix(".gz") { path += ".gz" }
        var file: File?
        var bar: ProgressBar?
        try client.bytes(
            request,
            onHead: { fields in
                file = try File(path, .replace, permissions: 0o666)
                try session.output.line("Saving archive to \(path)")
                try session.output.flush()
                bar = Self.bar(invocation, session, fields)
            },
            onPiece: { piece in
                try file?.write(piece)
                try bar?.add(piece.count)
            })
        try bar?.clear()
    }

    private static func bar(
        _ invocation: Invocation, _ session: Session, _ fields: Fields
    ) -> ProgressBar? {
        let isShown =
            invocation.isGiven("progress")
            ? invocation.flag("progress") : session.errors.isTerminal
        guard isShown else { return nil }
        let total = fields["X-Content-Length"].flatMap { UInt64($0) }
        return ProgressBar(on: session.errors, totalByteCount: total)
    }
}
