import Buffers
import Content
import Execution
import HTTP
import HTTPServer

/// What a request asks for: a command with its arguments and options, checked against its spec.
struct Call {
    let spec: CommandSpec
    /// As they were sent: a path may name an entry that is not UTF-8.
    private(set) var arguments: [Bytes]
    let options: OptionValues
    /// What accounts for arguments from the body, for as long as there is a copy of the call.
    private var memory: StateShare?
    private var turn: BudgetShare?
    /// Whether others that bring long lists wait until every copy of the call has gone.
    var holdsTurn: Bool { turn != nil }
    private let queryByteCount: Int
    /// Whether arguments are missing that the body may hold.
    let needsArgumentsFromBody: Bool

    /// Reads path and query of a request.
    ///
    /// - Parameters:
    ///   - request: its path begins with `prefix`.
    ///   - hasParts: whether a multipart body follows.
    /// - Throws: `.unknownCommand`; `.badRequest` with Kubo's texts.
    init(_ request: Request, hasParts: Bool) throws(RPCError) {
        let (spec, pathArgument) = try Call.command(at: request.path)
        self.spec = spec
        let query = request.queryItems
        queryByteCount = query.byteCount
        var items: [(name: Bytes, value: Bytes)] = []
        arguments = pathArgument.map { [$0] } ?? []
        for item in query {
            if item.nameBytes.spells("arg") {
                try Call.refuse(
                    arguments.count + 1, atMost: Limits.queryArgumentCountMax,
                    "arguments in the query: send them in the body, one a line")
                arguments.append(item.valueBytes)
            } else {
                try Call.refuse(
                    items.count + 1, atMost: Limits.queryOptionCountMax,
                    "options in the query: no command has so many")
                items.append((item.nameBytes, item.valueBytes))
            }
        }
        options = try OptionValues(items, for: spec)
        if let file = spec.arguments.first(where: { $0.kind == .file && $0.isRequired }), !hasParts
        {
            throw .badRequest("file argument '\(file.name)' is required")
        }
        let missing = Call.missingArgument(of: spec, given: arguments.count)
        needsArgumentsFromBody =
            hasParts && Call.mayComeInBody(spec, given: arguments.count, missing: missing)
        if let missing, !needsArgumentsFromBody { throw Call.required(missing) }
        let encoding = options.text("encoding") ?? "json"
        guard encoding == "json" else { throw .badRequest("invalid encoding: \(encoding)") }
    }

    /// Adds the arguments that came in the body, one a line.
    ///
    /// - Parameters:
    ///   - text: its lines.
    ///   - memory: has the text's memory already.
    ///   - turn: what the call keeps for as long as it has a long list of them.
    mutating func take(
        argumentsFrom text: Bytes, in memory: StateShare, _ turn: BudgetShare? = nil
    ) throws {
        (self.memory, self.turn) = (memory, turn)
        let countMax = spec.arguments.last?.isVariadic == true ? Int.max : arguments.count + 1
        var rest = text
        while !rest.isEmpty, arguments.count < countMax {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.count
            var line = rest.prefix(end)
            rest = rest.dropFirst(end + 1)
            // As Kubo: a list that was made on Windows ends its lines with CR LF.
            if line.last == UInt8(ascii: "\r") { line = line.dropLast(1) }
            guard !line.isEmpty else { continue }
            arguments.append(line)
            // At once: many short lines take more than their text.
            try Call.refuse(
                arguments.count, atMost: Limits.argumentCountMax, "arguments: use several calls")
        }
        if let missing = Call.missingArgument(of: spec, given: arguments.count) {
            throw Call.required(missing)
        }
        try memory.require(text.count + arguments.count * Limits.argumentMemoryBytes)
    }

    /// Waits until there is memory for what a command makes of a long list of arguments in the query.
    /// Those from the body have it already.
    ///
    /// - Throws: `.overloaded`, and as `RequestContext.check()`.
    mutating func waitForTurn(_ access: ContentAccess) throws {
        guard memory == nil, queryByteCount > Limits.shortQueryBytesMax else { return }
        turn = try Self.turn(
            for: queryByteCount * Limits.argumentCopies
                + arguments.count * Limits.argumentMemoryBytes, access)
    }

    /// Takes what arguments, and what is made of them, will take.
    ///
    /// - Throws: as `waitForTurn`.
    static func turn(for byteCount: Int, _ access: ContentAccess) throws -> BudgetShare {
        let budget = access.library.argumentBudget
        let share = BudgetShare(of: budget)
        try access.context.take(
            min(byteCount, budget.limit), in: share, within: Limits.uploadWait,
            "the memory for long lists of arguments")
        return share
    }

    /// Refuses more of something than there may be.
    private static func refuse(
        _ count: Int, atMost limit: Int, _ what: String
    ) throws(RPCError) {
        if count > limit { throw .badRequest("more than \(limit) \(what)") }
    }

    /// Whether a body may hold arguments: where Kubo reads them from there, and in place of any list
    /// of texts, which may be too long for a query.
    private static func mayComeInBody(
        _ spec: CommandSpec, given: Int, missing: ArgumentSpec?
    ) -> Bool {
        guard let last = spec.arguments.last, last.kind == .string else { return false }
        if missing != nil, last.acceptsStandardInput { return true }
        return last.isVariadic && given == 0
    }

    /// The path below which all commands are.
    static let prefix = "/api/v0/"

    private static func required(_ argument: ArgumentSpec) -> RPCError {
        .badRequest("argument \(quoted(argument.name)) is required")
    }

    private static func missingArgument(of spec: CommandSpec, given: Int) -> ArgumentSpec? {
        let required = spec.arguments.filter { $0.kind == .string && $0.isRequired }
        return required.count > given ? required[given] : nil
    }

    /// Finds the command: the whole path is its name, or all but the last segment, which is then
    /// its first argument.
    private static func command(at path: String) throws(RPCError) -> (CommandSpec, Bytes?) {
        let prefix = Bytes(utf8: prefix)
        guard let decoded = try? PercentCoding.decode(path), decoded.starts(with: prefix)
        else { throw RPCError.unknownCommand }
        let name = decoded.dropFirst(prefix.count)
        if let spec = CommandTable.command(named: name) { return (spec, nil) }
        guard let slash = name.lastIndex(of: UInt8(ascii: "/")),
            let spec = CommandTable.command(named: name.prefix(slash))
        else { throw .unknownCommand }
        let argument = name.dropFirst(slash + 1)
        return (spec, argument.isEmpty ? nil : argument)
    }
}
