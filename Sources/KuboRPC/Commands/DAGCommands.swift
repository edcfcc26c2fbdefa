import Buffers
import Content
import IPLD
import JSON
import Multiformats

/// `dag/export`, `dag/get`, `dag/import`, `dag/put` and `dag/resolve`.
enum DAGCommands {
    static func export(_ invocation: Invocation) throws -> Answer {
        let options = invocation.options
        var scope = CARExport.Options()
        scope.skipsMissing = options.flag("local-only")
        guard !scope.skipsMissing || options.optionalFlag("offline") != false else {
            throw RPCError.failed(
                "--local-only implies --offline and cannot be combined with --offline=false; "
                    + "please drop one of them")
        }
        let root = try invocation.cid(of: invocation.argumentBytes[0])
        let export = try CARExport(root: root, access: invocation.access, options: scope)
        return .raw(RawAnswer(contentType: "application/vnd.ipld.car", export))
    }

    static func resolve(_ invocation: Invocation) throws -> Answer {
        let resolution = try invocation.resolve(invocation.argumentBytes[0])
        let rest = Invocation.remainderText(resolution.remainder)
        return .value(
            .object([
                ("Cid", .link(invocation.cidText(resolution.cid))),
                ("RemPath", .text(rest)),
            ]))
    }

    static func get(_ invocation: Invocation) throws -> Answer {
        let codec = try CodecNames.codec(
            named: invocation.options.text("output-codec") ?? "dag-json")
        let resolution = try invocation.resolve(invocation.argumentBytes[0])
        let access = invocation.access
        return try NodeConversion.get(resolution, as: codec, access: access) { value in
            .raw(try RawAnswer(made: value, access))
        }
    }

    static func put(_ invocation: Invocation) throws -> any PartSink {
        let options = invocation.options
        let input = try CodecNames.codec(named: options.text("input-codec") ?? "dag-json")
        var naming = BlockWriter.Naming()
        naming.codec = try CodecNames.codec(named: options.text("store-codec") ?? "dag-cbor")
        let hash = options.text("hash").flatMap { $0.isEmpty ? nil : $0 } ?? "sha2-256"
        guard let code = MultihashCode(name: hash) else {
            throw RPCError.failed("unrecognized hash function: \(quoted(hash))")
        }
        naming.hash = code
        return WholeFilesSink(invocation, pins: options.flag("pin")) { [naming] in
            NodeUse(from: input, naming, invocation)
        }
    }

    /// Each file is a node in one codec, and stored in another.
    private final class NodeUse: WholeFileUse {
        private let input: Multicodec
        private let naming: BlockWriter.Naming
        private let invocation: Invocation
        private var memory: ConversionMemory

        init(from input: Multicodec, _ naming: BlockWriter.Naming, _ invocation: Invocation) {
            (self.input, self.naming, self.invocation) = (input, naming, invocation)
            memory = ConversionMemory(invocation.access)
        }

        var copies: Int { 1 + IPLDCodec.checkCopiesMax(as: input) }

        func store(_ bytes: Bytes, _ writer: BlockWriter) throws -> JSONOutput? {
            let answer = try NodeConversion.convert(
                bytes, from: input, to: naming.codec, access: invocation.access, in: &memory
            ) { node in
                let cid = try writer.put(node, naming: naming)
                return JSONOutput.object([("Cid", .link(invocation.cidText(cid)))])
            }
            // Value and node are gone.
            if answer != nil { memory = ConversionMemory(invocation.access) }
            return answer
        }

        func wait() throws { try memory.wait() }
    }

    static func stat(_ invocation: Invocation) throws -> Answer {
        let arguments = try invocation.cids()
        let roots = arguments.cids
        let (access, cidText) = (invocation.access, invocation.cidText)
        let showsProgress =
            invocation.options.flag("progress") && roots.count <= Limits.progressDAGsMax
        return .lines(
            ProducedLines(
                invocation, name: "rpc-dag-stat", isPrompt: true, keeping: arguments.memory
            ) { output in
                var pulse = Pulse()
                // Their list grows by doubling.
                let memory = access.makeStateShare()
                try memory.require(2 * roots.count * MemoryLayout<DAGStatistics.DAG>.stride)
                defer { memory.release() }
                let final = try DAGStatistics.count(roots, access: access) { statistics in
                    guard showsProgress, pulse.isDue() else { return }
                    try output.emitIfTaken { json(of: statistics, isFinal: false, cidText) }
                }
                try output.emit(json(of: final, isFinal: true, cidText))
            })
    }

    /// While the walk goes on only what is known already is told.
    private static func json(
        of statistics: DAGStatistics, isFinal: Bool, _ cidText: CIDText
    ) -> JSONOutput {
        let figures = statistics.dags
        let dags = JSONOutput.made(figures.count) { index in
            JSONOutput.object(
                [("Cid", .text(cidText(figures[index].cid)))]
                    + JSONOutput.withoutEmpty([
                        ("Size", .unsigned(figures[index].byteCount)),
                        ("NumBlocks", .unsigned(figures[index].blockCount)),
                    ]))
        }
        let summary: [(String, JSONOutput)] = [
            ("UniqueBlocks", .unsigned(isFinal ? statistics.uniqueBlockCount : 0)),
            ("TotalSize", .unsigned(statistics.totalByteCount)),
            ("SharedSize", .unsigned(isFinal ? statistics.sharedByteCount : 0)),
            ("Ratio", .single(isFinal ? Float(statistics.ratio) : 0)),
            ("DagStats", dags),
        ]
        return .object(JSONOutput.withoutEmpty(summary))
    }

    static func `import`(_ invocation: Invocation) throws -> any PartSink {
        let options = invocation.options
        let pinsRoots = options.optionalFlag("pin-roots")
        guard !options.flag("local-only") || pinsRoots != true else {
            throw RPCError.failed(
                "--local-only implies --pin-roots=false and cannot be combined with "
                    + "--pin-roots=true; please drop one of them")
        }
        return ImportSink(
            invocation, pinsRoots: options.flag("local-only") ? false : pinsRoots ?? true)
    }
}

/// Feeds the parts of an upload to a `CARImport`, one CAR a part.
final class ImportSink: PartSink {
    private let invocation: Invocation
    private let pinsRoots: Bool
    private let archive: CARImport
    private var isEmpty = true
    /// Of the current CAR, as its part names it; empty for a part without a name.
    private var name: Bytes = .empty

    init(_ invocation: Invocation, pinsRoots: Bool) {
        self.invocation = invocation
        self.pinsRoots = pinsRoots
        archive = CARImport(
            invocation.access, allowsBigBlocks: invocation.options.flag("allow-big-block"))
    }

    func begin(_ entry: UploadedEntry) throws {
        guard entry.kind == .file else { throw RPCError.failed("expected a file handle") }
        isEmpty = false
        name = entry.path.bytes
    }

    func receive(_ piece: Bytes) throws {
        do { try archive.feed(piece) } catch { throw named(error) }
    }

    func pause() throws {
        do { try archive.pause() } catch { throw named(error) }
    }

    func end() throws {
        do { try archive.endArchive() } catch { throw named(error) }
    }

    func finish() throws -> Answer {
        guard !isEmpty else { throw RPCError.failed("expected a file argument") }
        let roots = try archive.finish(pinsRoots: pinsRoots)
        let options = invocation.options
        let lines = ResultSpool(invocation.access)
        if options.flag("silent") { return .spool(lines) }
        for root in roots where pinsRoots {
            try lines.append(
                line: .object([
                    (
                        "Root",
                        .object([
                            ("Cid", .link(invocation.cidText(root.cid))),
                            ("PinErrorMsg", .text(root.pinError ?? "")),
                        ])
                    )
                ]))
        }
        if options.flag("stats") {
            try lines.append(
                line: .object([
                    (
                        "Stats",
                        .object([
                            ("BlockCount", .unsigned(archive.blockCount)),
                            ("BlockBytesCount", .unsigned(archive.blockByteCount)),
                        ])
                    )
                ]))
        }
        return .spool(lines)
    }

    /// Says which of several files it was. Kubo has no words in front of the failure of a CAR that
    /// never began.
    private func named(_ error: ContentError) -> any Error {
        let isUnbegun = error.message.utf8.starts(with: Self.unbegun.utf8)
        let text =
            isUnbegun
            ? String(error.message.dropFirst(Self.unbegun.count)) : error.message
        guard isUnbegun || !name.isEmpty && error.isAboutArchive else { return error }
        guard !name.isEmpty else { return RPCError.failed(text) }
        let file = name.displayText(upTo: Limits.quotedNameBytesMax)
        return RPCError.failed("\(file): \(text)")
    }

    private static let unbegun = "import failed: "
}

extension ContentError {
    /// Whether the archive is to blame, and not the caller, the node or the time.
    fileprivate var isAboutArchive: Bool {
        [.badArchive, .damaged, .undecodable, .blockTooLarge].contains(code)
    }
}
