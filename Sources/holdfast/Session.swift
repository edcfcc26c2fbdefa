import Buffers
import Execution
import Node

/// One run of the program: where it reads and writes, its environment, its repository.
final class Session {
    let tree: CommandTree
    let output = TextOutput(descriptor: 1, name: "standard output")
    let errors = TextOutput(descriptor: 2, name: "standard error", isForPeople: true)
    let input = File(descriptor: 0, name: "standard input")
    let environment: [String: String]
    /// Opened when the first call needs it, and closed with the session.
    private var localNode: LocalNode?
    /// What standard input gave; it can be read once.
    private var argumentsFromInput: [Bytes]?

    init(tree: CommandTree, environment: [String: String]) {
        self.tree = tree
        self.environment = environment
    }

    /// Refuses folders that are named by bytes which are no UTF-8: as texts they would be others.
    func checkEnvironment() throws {
        for name in ["HOLDFAST_HOME", "HOME", "TMPDIR"] {
            guard let text = environment[name], text.unicodeScalars.contains("\u{FFFD}") else {
                continue
            }
            throw UsageError(
                "$\(name) is not UTF-8, and no folder can be named by it: set it to another one")
        }
    }

    /// The folder of the repository.
    func home(_ typed: TypedCommand) -> String {
        Repository.home(option: typed.text("home"), environment: environment)
    }

    /// The address of a node that the user has named; nil where it is the node of the repository.
    func namedAddress(_ typed: TypedCommand) -> String? {
        let text = typed.text("api") ?? environment["HOLDFAST_API"] ?? ""
        return text.isEmpty ? nil : text
    }

    /// What the node is told to trust the caller; nil for nothing.
    ///
    /// The variable is for those whose neighbours read the arguments of every process (`ps`).
    static func secret(
        for typed: TypedCommand, _ environment: [String: String]
    ) throws(UsageError) -> String? {
        let name = "HOLDFAST_API_AUTH"
        let text = typed.text("api-auth") ?? environment[name] ?? ""
        guard typed.isGiven("api-auth") || !text.unicodeScalars.contains("\u{FFFD}") else {
            throw UsageError("$\(name) is not UTF-8, and would be sent as another secret")
        }
        return text.isEmpty ? nil : text
    }

    /// The way to the node: the one named by `--api` or `$HOLDFAST_API`, else the one that holds the
    /// repository, else one inside this process.
    func client(for typed: TypedCommand) throws -> RPCClient {
        let secret = try Self.secret(for: typed, environment)
        if let text = namedAddress(typed) {
            return try RPCClient(NodeAddress(parsing: text), secret: secret)
        }
        let home = home(typed)
        if let address = try Repository.runningNodeAddress(home: home) {
            return try RPCClient(NodeAddress(parsing: address), secret: secret)
        }
        let node =
            Self.groupsWithoutRepository.contains(typed.command.words[0])
            ? try LocalNode(scratchFor: environment)
            : try LocalNode(home: home, environment: environment)
        localNode = node
        return RPCClient(connectingBy: node.connect)
    }

    /// Their commands convert texts and nothing else.
    private static let groupsWithoutRepository: Set<String> = ["cid", "multibase", "commands"]

    /// The call of a command, with its files as the body, or with the arguments of standard input
    /// where some are missing.
    func request(for typed: TypedCommand) throws -> RPCRequest {
        var request = RPCRequest(typed)
        if typed.command.arguments.contains(where: \.isFile) {
            if typed.arguments.isEmpty { try announceStandardInput() }
            for path in typed.arguments {
                try DescriptorPath.check(path, words: typed.command.words)
            }
            request.arguments = []
            request.body = FilesBody(typed.arguments, of: typed.command.name)
        } else {
            request.arguments = try arguments(typed)
        }
        return request
    }

    /// The arguments of a command; those that are missing are read from standard input, one a line.
    func arguments(_ typed: TypedCommand) throws -> [Bytes] {
        let wanted = typed.command.arguments
        guard typed.arguments.isEmpty, let first = wanted.first, first.isRequired,
            first.acceptsStandardInput, !first.isFile
        else { return typed.arguments }
        let lines = try argumentsFromInput ?? readArguments()
        argumentsFromInput = lines
        guard let line = lines.first else {
            throw UsageError(
                "argument \"\(first.name)\" is required", words: typed.command.words)
        }
        return first.isVariadic ? lines : [line]
    }

    /// Lines of standard input without the blanks around them.
    private func readArguments() throws -> [Bytes] {
        try announceStandardInput()
        let text = try input.readFully(Limits.textByteCountMax + 1)
        guard text.count <= Limits.textByteCountMax else {
            throw UsageError(
                "more than \(Limits.textByteCountMax) bytes of arguments on standard input: use "
                    + "several calls")
        }
        return text.split(separator: UInt8(ascii: "\n")).map(Self.trimmed).filter { !$0.isEmpty }
    }

    private static func trimmed(_ line: Bytes) -> Bytes {
        func isBlank(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var line = line
        while isBlank(line.first) { line = line.dropFirst(1) }
        while isBlank(line.last) { line = line.dropLast(1) }
        return line
    }

    /// Says on a terminal that the program waits for what a person types.
    func announceStandardInput() throws {
        guard input.isTerminal else { return }
        try errors.line("holdfast: Reading from standard input; send Ctrl-d to stop.")
        try errors.flush()
    }

    /// Writes out what waits and closes what was opened, also where nobody reads any more: a node
    /// that is not closed leaves its scratch folder behind.
    func finish() throws {
        defer { close() }
        try output.finish()
        try errors.flush()
    }

    /// Closes what was opened; again is harmless.
    func close() {
        localNode?.close()
        localNode = nil
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmingBlanks: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
