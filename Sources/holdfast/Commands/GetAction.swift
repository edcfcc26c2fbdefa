import Buffers
import Execution
import Node

/// `holdfast get`.
enum GetAction {
    static let action: ProgramCommand.Action = { typed, session in
        let request = try session.request(for: typed)
        let isCompressed = typed.flag("compress")
        if isCompressed, let level = typed.integer("compression-level"),
            !(1...9).contains(level)
        {
            throw UsageError("compression level must be between 1 and 9", words: ["get"])
        }
        let path = try outputPath(typed, request.arguments.first ?? "")
        let client = try session.client(for: typed)
        if isCompressed || typed.flag("archive") {
            try saveArchive(request, at: path, typed, session, client)
        } else {
            try extract(request, at: path, typed, session, client)
        }
    }

    /// The last name of the path that was asked for, unless `-o` says otherwise.
    static func outputPath(_ typed: TypedCommand, _ argument: Bytes) throws(UsageError) -> Bytes {
        if var path = typed.bytes("output"), !path.isEmpty {
            while path.count > 1, path.last == UInt8(ascii: "/") { path = path.dropLast(1) }
            try DescriptorPath.check(path, words: ["get"])
            return path
        }
        let name = PathBytes.base(of: argument)
        // The path may be a stranger's: `<cid>/..` would be the folder above this one.
        if let objection = Folder.objection(to: name) {
            throw UsageError(
                "the last name of the path, \"\(name.displayText)\", \(objection): say with -o "
                    + "where to write", words: ["get"])
        }
        try DescriptorPath.check(name, words: ["get"])
        return name
    }

    private static func extract(
        _ request: RPCRequest, at path: Bytes, _ typed: TypedCommand, _ session: Session,
        _ client: RPCClient
    ) throws {
        var reader = TarReader()
        var extractor: TarExtractor?
        var bar: ProgressBar?
        try client.bytes(
            request, showTheirEnd: true,
            onHead: { fields in
                try say("Saving file(s) to \(path.displayText)", of: path, session)
                bar = ProgressBar.ofDownload(typed, session, fields)
                extractor = TarExtractor(output: path)
            },
            onPiece: { piece in
                var contentByteCount = 0
                try reader.feed(piece) { event in
                    try extractor?.take(event)
                    if case .content(let bytes) = event { contentByteCount += bytes.count }
                }
                // The total is that of the content, without the archive's headers.
                if contentByteCount > 0 { try bar?.add(contentByteCount) }
            })
        try bar?.clear()
        try reader.finish()
        try extractor?.finish()
    }

    /// Says where the output goes, but not into the output itself.
    private static func say(_ text: String, of path: Bytes, _ session: Session) throws {
        let output = OutputPlace.isStream(path) ? session.errors : session.output
        try output.line(text)
        try output.flush()
    }

    /// With the ending of what it is.
    private static func archivePath(_ path: Bytes, _ typed: TypedCommand) -> Bytes {
        var path = path
        if typed.flag("archive"), !path.ends(with: ".tar"), !path.ends(with: ".tar.gz") {
            path = path.appending(".tar")
        }
        if typed.flag("compress"), !path.ends(with: ".gz") { path = path.appending(".gz") }
        return path
    }

    private static func saveArchive(
        _ request: RPCRequest, at path: Bytes, _ typed: TypedCommand, _ session: Session,
        _ client: RPCClient
    ) throws {
        let path = OutputPlace.isStream(path) ? path : archivePath(path, typed)
        var file: OutputFile?
        var bar: ProgressBar?
        try client.bytes(
            request,
            onHead: { fields in
                file = try OutputFile.archive(at: path)
                try say("Saving archive to \(path.displayText)", of: path, session)
                // What comes is the archive, and the total is that of the content.
                bar = ProgressBar.ofDownload(typed, session, fields, countsTotal: false)
            },
            onPiece: { piece in
                try file?.write(piece)
                try bar?.add(piece.count)
            })
        try bar?.clear()
        try file?.finish()
    }
}
