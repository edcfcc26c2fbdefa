import BlockStore
import Content
import Execution
import JSON
import Multiformats

/// `pin/*`. Only the pins that the RPC holds itself are seen and changed here.
enum PinCommands {
    static func add(_ invocation: Invocation) throws -> Answer {
        let options = invocation.options
        let name = options.text("name") ?? ""
        try Pins.check(name: name)
        let arguments = try invocation.cids()
        let adding = Adding(
            pins: Pins(invocation.library),
            cids: arguments.cids,
            isRecursive: options.flag("recursive"), name: name, context: invocation.context)
        let result = JSONOutput.object([("Pins", arguments.list(invocation.cidText))])
        guard options.flag("progress") else {
            defer { arguments.memory.release() }
            // The answer is there before anything is done: nothing may fail behind it.
            let answer = try document(result, invocation)
            try adding.run { _ in }
            return answer
        }
        return .lines(
            ProducedLines(
                invocation, name: "rpc-pin-add", isPrompt: true, keeping: arguments.memory
            ) { output in
                var pulse = Pulse()
                var last = PinProgress()
                try adding.run { progress in
                    last = progress
                    if pulse.isDue() { try output.emitIfTaken { line(of: progress) } }
                }
                try output.emit(line(of: last))
                try output.emit(result)
            })
    }

    static func remove(_ invocation: Invocation) throws -> Answer {
        let pins = Pins(invocation.library)
        let arguments = try invocation.cids()
        defer { arguments.memory.release() }
        let answer = try document(
            .object([("Pins", arguments.list(invocation.cidText))]), invocation)
        try pins.remove(
            arguments.cids, isRecursive: invocation.options.flag("recursive"),
            for: invocation.context)
        return answer
    }

    /// An answer that is written while the memory of what it tells is still accounted for.
    private static func document(_ value: JSONOutput, _ invocation: Invocation) throws -> Answer {
        let document = ResultSpool(invocation.access)
        try document.append(value: value)
        return .document(document)
    }

    static func update(_ invocation: Invocation) throws -> Answer {
        let cids = try invocation.argumentBytes.prefix(2).map { try invocation.cid(of: $0) }
        try Pins(invocation.library).update(
            from: cids[0], to: cids[1], unpins: invocation.options.flag("unpin"),
            for: invocation.context)
        return .value(.object([("Pins", .list(cids.map { .text(invocation.cidText($0)) }))]))
    }

    static func verify(_ invocation: Invocation) throws -> Answer {
        let (isVerbose, isQuiet) = (
            invocation.options.flag("verbose"), invocation.options.flag("quiet")
        )
        guard !isVerbose || !isQuiet else {
            throw RPCError.failed(
                "the --verbose and --quiet options can not be used at the same time")
        }
        let (access, cidText) = (invocation.access, invocation.cidText)
        return .lines(
            ProducedLines(invocation, name: "rpc-pin-verify") { output in
                let memory = access.makeStateShare()
                var check = CompletenessCheck(access)
                try Pins(access.library).forEachRecursiveRoot { root in
                    try access.context.check()
                    let faults = try PinFault.all(below: root, by: &check, for: access, memory)
                    if faults.isEmpty, !isVerbose { return }
                    try output.emit(line(of: root, faults, isQuiet: isQuiet, cidText))
                    memory.release()
                }
            })
    }

    private static func line(
        of root: CID, _ faults: [PinFault], isQuiet: Bool, _ cidText: CIDText
    ) -> JSONOutput {
        // Their texts are made when they are written: what is remembered counts, and stands there once.
        let nodes = JSONOutput.made(isQuiet ? 0 : faults.count) { index in
            .object([
                ("Cid", .text(cidText(faults[index].cid))), ("Err", .text(faults[index].message)),
            ])
        }
        return .object(
            JSONOutput.withoutEmpty([
                ("Cid", .text(cidText(root))), ("Ok", .flag(faults.isEmpty)),
                ("BadNodes", nodes),
            ]))
    }

    private static func line(of progress: PinProgress) -> JSONOutput {
        .object(
            JSONOutput.withoutEmpty([
                ("Progress", .unsigned(progress.blockCount)),
                ("Bytes", .unsigned(progress.byteCount)),
            ]))
    }

    /// The pins that one `pin/add` makes together.
    private struct Adding: Sendable {
        let pins: Pins
        let cids: [CID]
        let isRecursive: Bool
        let name: String
        let context: RequestContext

        func run(progress: (PinProgress) throws -> Void) throws {
            try pins.add(
                cids, mode: isRecursive ? .recursive : .direct, name: name, for: context
            ) { (done: PinProgress) throws(ContentError) in
                do {
                    try progress(done)
                } catch {
                    throw ContentError(.cancelled, "\(error)")
                }
            }
        }
    }
}

/// Says now and then that it is time: for progress, and for looking whether anybody still waits.
struct Pulse {
    private var next: Deadline
    private let interval: Duration

    init(every interval: Duration = Limits.progressInterval) {
        self.interval = interval
        next = .after(interval)
    }

    mutating func isDue() -> Bool {
        guard next.hasPassed else { return false }
        next = .after(interval)
        return true
    }
}
