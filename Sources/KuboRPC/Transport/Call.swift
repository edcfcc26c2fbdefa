import Buffers
import HTTP
import HTTPServer

/// What a request asks for: a command with its arguments and options, checked against its spec.
struct Call {
    let spec: CommandSpec
    private(set) var arguments: [String]
    let options: OptionValues
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
        let items = request.queryItems.items
        options = try OptionValues(
            items.filter { $0.name != "arg" }.map { ($0.name, $0.value) }, for: spec)
        arguments =
            (pathArgument.map { [$0] } ?? []) + items.filter { $0.name == "arg" }.map(\.value)
        guard arguments.count <= Limits.argumentCountMax else {
            throw .badRequest("more than \(Limits.argumentCountMax) arguments")
        }
        if let file = spec.arguments.first(where: { $0.kind == .file && $0.isRequired }), !hasParts
        {
            throw .badRequest("file argument '\(file.name)' is required")
        }
        let missing = Call.missingArgument(of: spec, given: arguments.count)
        needsArgumentsFromBody =
            hasParts && missing != nil && spec.arguments.last?.acceptsStandardInput == true
        if let missing, !needsArgumentsFromBody { throw Call.required(missing) }
        let encoding = options.text("encoding") ?? "json"
        guard encoding == "json" else { throw .badRequest("invalid encoding: \(encoding)") }
    }

    /// Adds the arguments that came in the body, one a line.
    mutating func take(argumentsFrom text: String) throws(RPCError) {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        arguments += spec.arguments.last?.isVariadic == true ? lines : Array(lines.prefix(1))
        if let missing = Call.missingArgument(of: spec, given: arguments.count) {
            throw Call.required(missing)
        }
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
    private static func command(at path: String) throws(RPCError) -> (CommandSpec, String?) {
        guard let decoded = try? PercentCoding.decode(path).utf8Text, decoded.hasPrefix(prefix)
        else { throw RPCError.unknownCommand }
        let name = String(decoded.dropFirst(prefix.count))
        if let spec = CommandTable.command(named: name) { return (spec, nil) }
        guard let slash = name.lastIndex(of: "/"),
            let spec = CommandTable.command(named: String(name[..<slash]))
        else { throw .unknownCommand }
        let argument = String(name[name.index(after: slash)...])
        return (spec, argument.isEmpty ? nil : argument)
    }
}
