import Buffers
import Execution
import JSON
import UnixFS

/// `holdfast add`.
struct AddAction {
    private let typed: TypedCommand
    private let session: Session
    private var bar: ProgressBar?
    private var lastHash: String?

    static let action: ProgramCommand.Action = { typed, session in
        if typed.flag("explain") {
            try session.output.write(AddExplanation.text(typed, session))
            return
        }
        var command = AddAction(typed, session)
        try command.run()
    }

    private init(_ typed: TypedCommand, _ session: Session) {
        self.typed = typed
        self.session = session
    }

    private mutating func run() throws {
        let paths = try AddArguments.entries(
            typed.arguments, standardInputName: typed.bytes("stdin-name"))
        for (path, _) in paths { try DescriptorPath.check(path, words: ["add"]) }
        if paths.contains(where: { $0.path == "-" }) { try session.announceStandardInput() }
        let rules = try walkRules()
        let client = try session.client(for: typed)
        if showsProgress {
            bar = ProgressBar(on: session.errors, totalByteCount: try Self.total(paths, rules))
        }
        let progress = Progress()
        let body = AddBody(
            TreeWalk(paths, rules: rules), boundary: Boundary.make(), metadata: metadata
        ) { progress.waiting += $0 }
        try send(body, progress, client)
        try bar?.clear()
        if typed.flag("quieter"), !typed.flag("silent"), let lastHash {
            try session.output.line(lastHash)
        }
    }

    /// What the body has sent and the bar has not shown yet.
    private final class Progress {
        var waiting = 0
    }

    private mutating func send(_ body: AddBody, _ progress: Progress, _ client: RPCClient) throws {
        var request = RPCRequest(typed)
        request.arguments = []
        let shown: [Bytes] = ["progress", "quiet", "quieter", "silent"]
        request.options.removeAll { shown.contains($0.name) }
        if typed.printsJSON, typed.flag("progress") {
            request.options.append(("progress", "true"))
        }
        request.body = bar == nil ? body : try watched(body, progress)
        var lastHash: String?
        try client.values(request) { value, line in
            if let hash = try value.text("Hash"), !hash.isEmpty { lastHash = hash }
            try print(value, line)
        }
        guard lastHash != nil else {
            throw NodeError("the node has ended without the CID of what it was sent")
        }
        self.lastHash = lastHash
    }

    /// The bar is drawn between the pieces of the body, on the one thread that there is.
    private func watched(_ body: AddBody, _ progress: Progress) throws -> any RPCBody {
        guard let bar else { return body }
        return WatchedBody(body, bar) {
            defer { progress.waiting = 0 }
            return progress.waiting
        }
    }

    private func print(_ value: JSONValue, _ line: [UInt8]) throws {
        if typed.printsJSON {
            try session.output.line(Bytes(line))
            return
        }
        guard let hash = try value.text("Hash"), !hash.isEmpty, !typed.flag("silent"),
            !typed.flag("quieter")
        else { return }
        if bar != nil {
            try session.errors.control(.clearLine)
            try session.errors.flush()
        }
        let name = PrintableName.escaped(try value.text("Name") ?? "")
        try session.output.line(typed.flag("quiet") ? hash : "added \(hash) \(name)")
        if bar != nil { try session.output.flush() }
    }

    private var showsProgress: Bool {
        guard !typed.printsJSON, !typed.flag("silent"), !typed.flag("quiet"),
            !typed.flag("quieter")
        else { return false }
        return typed.showsProgress(byDefault: session.errors.isTerminal)
    }

    private var metadata: AddBody.Metadata {
        AddBody.Metadata(
            includesMode: typed.flag("preserve-mode"),
            includesTime: typed.flag("preserve-mtime"))
    }

    private func walkRules() throws -> TreeWalk.Rules {
        var rules = TreeWalk.Rules()
        rules.isRecursive = typed.flag("recursive")
        rules.includesHidden = typed.flag("hidden")
        rules.followsLinks = typed.flag("dereference-symlinks")
        rules.followsArguments = typed.flag("dereference-args")
        if let path = typed.bytes("ignore-rules-path") {
            rules.ignored.add(
                contents: try File.readAll(path, limit: Limits.textByteCountMax))
        }
        for rule in typed.values("ignore") { rules.ignored.add(line: rule) }
        return rules
    }

    /// Walks once more, before the upload, so that the bar knows the end.
    ///
    /// - Returns: nil where nobody knows: standard input has no size, and sparse files claim any.
    static func total(
        _ paths: [(path: Bytes, name: Bytes)], _ rules: TreeWalk.Rules
    ) throws -> UInt64? {
        var walk = TreeWalk(paths, rules: rules)
        var total: UInt64 = 0
        while let entry = try walk.next() {
            if case .standardInput = entry.kind { return nil }
            guard case .file = entry.kind, let byteCount = entry.status?.byteCount else { continue }
            let (sum, overflows) = total.addingReportingOverflow(byteCount)
            guard !overflows else { return nil }
            total = sum
        }
        return total
    }
}

/// Draws a progress bar while a body is sent.
private final class WatchedBody: RPCBody {
    private let body: any RPCBody
    private var bar: ProgressBar
    private let takeCount: () -> Int

    init(_ body: any RPCBody, _ bar: ProgressBar, takeCount: @escaping () -> Int) {
        self.body = body
        self.bar = bar
        self.takeCount = takeCount
    }

    var contentType: String { body.contentType }

    func isReady(within duration: Duration) throws -> Bool { try body.isReady(within: duration) }

    func next() throws -> Bytes? {
        let piece = try body.next()
        try bar.add(takeCount())
        if piece == nil { try bar.clear() }
        return piece
    }
}
