import Buffers
import Content
import JSON
import Multiformats

/// `pin/ls`.
enum PinListing {
    static func run(_ invocation: Invocation) throws -> Answer {
        let options = invocation.options
        let filter = try PinFilter(option: options.text("type") ?? "all")
        let part = options.text("name").flatMap { $0.isEmpty ? nil : $0 }
        let request = Request(
            pins: Pins(invocation.library), filter: filter, namePart: part,
            showsNames: options.flag("names") || part != nil, cidText: invocation.cidText,
            context: invocation.context)
        if !invocation.arguments.isEmpty { return try some(invocation, request) }
        if options.flag("stream") {
            return .lines(
                ProducedLines(invocation, name: "rpc-pin-ls") { output in
                    let problem = try request.list(waits: { output.isFull }) { cid, type, name in
                        try output.emit(line(cid, type, name))
                    }
                    guard let problem else { return }
                    // Who reads no trailers sees the line.
                    try output.emit(problem.json)
                    output.conclude(problem.message)
                })
        }
        return try all(invocation, request)
    }

    /// What a listing is about.
    private struct Request: Sendable {
        let pins: Pins
        let filter: PinFilter
        let namePart: String?
        let showsNames: Bool
        let cidText: CIDText
        let context: RequestContext

        /// - Returns: why the list may not be whole.
        func list(
            waits: () throws -> Bool, body: (String, String, String) throws -> Void
        ) throws -> RPCError? {
            let gap = try pins.list(
                filter, namePart: namePart, for: context, waits: waits
            ) { cid, status in
                let type = if case .indirect = status { "indirect" } else { status.typeText }
                try body(cidText(cid), type, showsNames ? status.name : "")
            }
            return gap.map { RPCError($0.error("the list is not complete")) }
        }
    }

    /// The pins of the arguments: a look-up each, and one walk for those that may be indirect.
    private static func some(_ invocation: Invocation, _ request: Request) throws -> Answer {
        let memory = invocation.access.makeStateShare()
        defer { memory.release() }
        func look(found: (String, String, String) throws -> Void) throws {
            var rest = invocation.argumentBytes[...]
            while !rest.isEmpty {
                let part = rest.prefix(Limits.statusesAtOnceMax)
                rest = rest.dropFirst(part.count)
                try memory.require(part.count * Limits.statusMemoryBytes)
                try tell(part, invocation, request, found)
            }
        }
        guard invocation.options.flag("stream") else {
            return try keys(invocation) { _, body in
                try look(found: body)
                return nil
            }
        }
        let lines = ResultSpool(invocation.access)
        try look { try lines.append(line: line($0, $1, $2)) }
        return .spool(lines)
    }

    /// An argument that cannot be read is an error behind the answers to those before it: one of
    /// these may be an error, too.
    private static func tell(
        _ arguments: ArraySlice<Bytes>, _ invocation: Invocation, _ request: Request,
        _ found: (String, String, String) throws -> Void
    ) throws {
        var cids: [CID] = []
        var failure: (any Error)?
        do {
            for argument in arguments { cids.append(try invocation.cid(of: argument)) }
        } catch {
            failure = error
        }
        let answers = try request.pins.statuses(
            of: cids, filter: request.filter, for: request.context)
        for (argument, (cid, status)) in zip(arguments, zip(cids, answers.statuses)) {
            guard let status else { throw answers.error(for: cid, text: argument.displayText) }
            try found(
                request.cidText(cid), typeText(status, request.cidText),
                request.showsNames ? status.name : "")
        }
        if let failure { throw failure }
    }

    /// All pins as one value.
    private static func all(_ invocation: Invocation, _ request: Request) throws -> Answer {
        try keys(invocation) { list, body in
            try request.list(waits: { try !list.hasRoom() }, body: body)
        }
    }

    /// Pins as one value, sorted as Go sorts the keys of a map, each CID once. Beside them stands why they
    /// may not be all: Kubo's clients find that in the trailer.
    private static func keys(
        _ invocation: Invocation,
        _ list: (SortedSpool, (String, String, String) throws -> Void) throws -> RPCError?
    ) throws -> Answer {
        let document = ResultSpool(invocation.access)
        let pins = document.makeList(isUnique: true)
        let problem = try list(pins) { cid, type, name in
            let value = JSONOutput.object([("Type", .text(type)), ("Name", .text(name))])
            // A member of an object: `"cid":value` with a brace on both sides, and a newline.
            let member = JSONOutput.object([(cid, value)]).line.dropFirst(1).dropLast(2)
            // CIDs are ASCII, so this is the order of their bytes.
            try pins.append(key: Bytes(utf8: cid), member)
        }
        try document.append("{\"Keys\":{")
        try document.append(pins)
        try document.append("}")
        if let problem {
            try document.append(",\"Err\":")
            try document.append(value: .text(problem.message))
        }
        try document.append("}")
        return .document(document, verdict: problem?.message)
    }

    private static func line(_ cid: String, _ type: String, _ name: String) -> JSONOutput {
        var fields: [(String, JSONOutput)] = [("Cid", .text(cid))]
        if !name.isEmpty { fields.append(("Name", .text(name))) }
        return .object(fields + [("Type", .text(type))])
    }

    private static func typeText(_ status: PinStatus, _ cidText: CIDText) -> String {
        if case .indirect(let root?) = status { return "indirect through \(cidText(root))" }
        return status.typeText
    }
}
