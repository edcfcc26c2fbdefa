import Buffers
import Content
import Multiformats
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
        output.note(entry)
        let mtime = try AddSink.time(of: entry)
        switch entry.kind {
        case .file: session.beginFile(at: entry.path, mode: entry.mode, mtime: mtime)
        case .folder: try session.addFolder(at: entry.path, mode: entry.mode, mtime: mtime)
        case .link: target = ByteWriter()
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
        case .folder, nil: break
        }
    }

    func end() throws {
        guard let entry else { return }
        self.entry = nil
        switch entry.kind {
        case .file: try session.endFile()
        case .link:
            try session.addSymlink(
                at: entry.path, target: target.takeBytes(), mtime: try AddSink.time(of: entry))
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

/// Turns the events of an add into lines.
///
/// Mode and time are those that the entry's own part carried, stored or not.
final class AddOutput {
    let spool: ResultSpool
    private let isSilent: Bool
    private let cidText: CIDText
    private var sent: [EntryPath: UploadedEntry] = [:]

    init(_ invocation: Invocation) {
        spool = ResultSpool(invocation.access)
        isSilent = invocation.options.flag("silent")
        cidText = invocation.cidText
    }

    /// Remembers what a part said about its entry until the entry is reported.
    func note(_ entry: UploadedEntry) {
        guard !isSilent, entry.mode != nil || entry.modified != nil else { return }
        sent[entry.path] = entry
    }

    func take(_ event: AddEvent) throws {
        if isSilent { return }
        switch event {
        case .progress(let path, let byteCount):
            try spool.append(
                line: .object([
                    ("Name", .text(path.bytes.displayText)), ("Bytes", .unsigned(byteCount)),
                ]))
        case .added(let result): try spool.append(line: line(of: result))
        }
    }

    private func line(of result: AddResult) -> JSON {
        let entry = sent.removeValue(forKey: result.path)
        let name = result.isUnnamed ? cidText(result.cid) : result.path.bytes.displayText
        var fields: [(String, JSON)] = [
            ("Name", .text(name)), ("Hash", .text(cidText(result.cid))),
            ("Size", .text(String(result.tsize))),
        ]
        if let mode = entry?.mode ?? result.metadata.mode, mode != 0 {
            fields.append(("Mode", .text(AddOutput.octal(mode))))
        }
        if let seconds = entry?.modified?.seconds ?? result.metadata.mtime?.seconds, seconds != 0 {
            fields.append(("Mtime", .integer(seconds)))
        }
        let nanoseconds =
            entry?.modified?.nanoseconds ?? result.metadata.mtime?.nanoseconds ?? 0
        if nanoseconds != 0 { fields.append(("MtimeNsecs", .unsigned(UInt64(nanoseconds)))) }
        return .object(fields)
    }

    /// Four digits at least: `0644`.
    static func octal(_ mode: UInt32) -> String {
        let digits = String(mode, radix: 8)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
