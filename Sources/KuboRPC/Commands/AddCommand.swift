import Buffers
import Content
import UnixFS

/// `add`.
enum AddCommand {
    static func start(_ invocation: Invocation) throws -> any PartSink {
        let options = invocation.options
        try refuseWhatIsMissing(options)
        let request = try ImportRequest(options)
        let resolved = try ImportOptions.resolve(
            from: request, defaults: invocation.settings.importDefaults)
        let pinName = options.text("pin-name")
        if let pinName { try Pins.check(name: pinName) }
        let isPinned = options.flag("pin") && !resolved.onlyHash
        return try AddSink(
            invocation, options: resolved,
            pinning: isPinned ? .recursively(name: pinName ?? "") : .none)
    }

    private static func refuseWhatIsMissing(_ options: OptionValues) throws(RPCError) {
        if options.flag("nocopy") {
            throw .failed("nocopy is not supported: blocks are always stored, so leave it out")
        }
    }
}

/// Feeds the parts of an upload to an `AddSession`, and keeps the lines of its results.
final class AddSink: PartSink {
    private let session: AddSession
    private let output: AddOutput
    private let pinning: AddSession.Pinning
    private let hasToFiles: Bool
    private var entry: UploadedEntry?
    private var target = ByteWriter()
    private var isEmpty = true

    init(
        _ invocation: Invocation, options: ImportOptions, pinning: AddSession.Pinning
    ) throws {
        let output = AddOutput(invocation)
        self.output = output
        self.pinning = pinning
        hasToFiles = invocation.options.text("to-files") != nil
        guard !hasToFiles else {
            throw RPCError.failed("to-files is not supported yet: this node has no files (MFS)")
        }
        session = try AddSession(
            invocation.access, options: options,
            reportsProgress: invocation.options.flag("progress")
        ) { event in try output.take(event) }
    }

    func begin(_ entry: UploadedEntry) throws {
        isEmpty = false
        self.entry = entry
        let mtime = try AddSink.time(of: entry)
        switch entry.kind {
        case .file: try session.beginFile(at: entry.path, mode: entry.mode, mtime: mtime)
        case .folder: try session.addFolder(at: entry.path, mode: entry.mode, mtime: mtime)
        case .link:
            try session.beginSymlink(at: entry.path)
            target = ByteWriter()
        }
    }

    func receive(_ piece: Bytes) throws {
        switch entry?.kind {
        case .file: try session.write(piece)
        case .link:
            guard target.count + piece.count <= Limits.linkTargetBytesMax else {
                throw RPCError.failed(
                    "the target of a symbolic link is over \(Limits.linkTargetBytesMax) bytes")
            }
            target.append(piece)
        case .folder: throw RPCError.failed("a folder has no bytes, and this part of one has some")
        case nil: break
        }
    }

    func end() throws {
        guard let entry else { return }
        self.entry = nil
        switch entry.kind {
        case .file: try session.endFile()
        case .link:
            try session.addSymlink(
                at: entry.path, target: target.takeBytes(), mode: entry.mode,
                mtime: try AddSink.time(of: entry))
        case .folder: break
        }
    }

    func pause() throws { try session.pause() }

    func finish() throws -> Answer {
        guard !isEmpty else { throw RPCError.failed("expected a file argument") }
        try session.finish(pinning: pinning)
        return .spool(output.spool)
    }

    private static func time(of entry: UploadedEntry) throws(UnixFSError) -> ModificationTime? {
        guard let modified = entry.modified else { return nil }
        guard
            let time = ModificationTime(
                seconds: modified.seconds, nanoseconds: modified.nanoseconds)
        else { throw .timeWithoutDate }
        return time
    }
}
