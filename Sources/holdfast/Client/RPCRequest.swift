import Buffers
import Execution
import HTTP
import KuboRPC

/// One call of a command over the RPC.
struct RPCRequest {
    /// The words of the command.
    let words: [String]
    var arguments: [Bytes] = []
    var options: [(name: Bytes, value: Bytes)] = []
    /// The body as a multipart form; nil for a call without one.
    var body: (any RPCBody)?
    /// What the node was told about its time, if it was told anything: a node that keeps the
    /// connection and says nothing is given up a little later.
    var timeout: Duration?

    /// The call that a typed command asks for.
    init(_ typed: TypedCommand) {
        words = typed.command.words
        arguments = typed.arguments
        options = typed.sentOptions
        timeout = typed.timeout
    }

    init(_ words: [String]) { self.words = words }

    /// When a call that begins now is given up on this side.
    static func deadline(for timeout: Duration?) -> Deadline {
        timeout.map { .after(max($0, .zero) + Limits.timeoutGrace) } ?? .never
    }

    /// Path and query: `/api/v0/pin/add?arg=…&encoding=json&…`.
    var target: String {
        let items =
            arguments.map { (Bytes("arg"), $0) } + options.map { ($0.name, $0.value) }
            + [("encoding", "json"), ("stream-channels", "true")]
        let query = items.map { name, value in
            PercentCoding.encode(name, keeping: .unreserved) + "="
                + PercentCoding.encode(value, keeping: .unreserved)
        }
        return "/api/v0/" + words.joined(separator: "/") + "?" + query.joined(separator: "&")
    }

    /// Whether a node that has done all it was asked for may have nothing to say: an empty file, a
    /// list of nothing. For other calls an empty answer comes from something else than a node.
    var mayAnswerNothing: Bool {
        switch words.joined(separator: " ") {
        case "cat", "block get", "dag get", "multibase decode", "pin verify", "refs", "refs local",
            "repo ls", "shutdown":
            true
        case "block rm": hasFlag("quiet")
        // In a stream each entry is a value, and there may be none.
        case "ls", "pin ls": hasFlag("stream")
        // A CAR may have no roots, or none that are pinned.
        case "dag import": hasFlag("silent") || !hasFlag("stats")
        default: false
        }
    }

    private func hasFlag(_ name: Bytes) -> Bool {
        options.contains { $0.name == name && $0.value == "true" }
    }

    /// The call in the form in which a node takes it: arguments that are too long for a target go
    /// into the body, all of them, so that they stay in order.
    ///
    /// - Parameter isHoldfast: asked where that decides whether the node looks into the body.
    /// - Throws: `UsageError` for a long list with an argument that cannot stand on a line, and for
    ///   what is too long for every node; what `isHoldfast` throws.
    func fitting(isHoldfast: () throws -> Bool) throws -> RPCRequest {
        let byteCount = target.utf8.count
        guard byteCount > Limits.targetByteCountMax else { return self }
        guard body == nil, let spec = argumentOfBody,
            try !spec.isVariadic || Self.listsOfKubo.contains(words) || isHoldfast()
        else { return try checked(byteCount) }
        for (index, argument) in arguments.enumerated() {
            guard Self.isLine(argument) else {
                // Alone it may be sent as it is, if a node takes that much.
                if arguments.count == 1 { return try checked(byteCount) }
                throw UsageError(
                    "argument \(index + 1) \(argument.isEmpty ? "is empty" : "has a line break"), "
                        + "and a list of \(arguments.count) arguments is sent one a line: give it "
                        + "in a call of its own", words: words)
            }
        }
        var request = self
        request.arguments = []
        request.body = ArgumentsBody(arguments)
        return try request.checked(request.target.utf8.count)
    }

    private static func isLine(_ argument: Bytes) -> Bool {
        !argument.isEmpty && !argument.contains(UInt8(ascii: "\n"))
            && argument.last != UInt8(ascii: "\r")
    }

    /// What a Holdfast node looks for in the body where the target has no arguments; nil for nothing.
    private var argumentOfBody: ArgumentSpec? {
        let name = Bytes(utf8: words.joined(separator: "/"))
        guard !arguments.isEmpty, let specs = CommandTable.command(named: name)?.arguments,
            let last = specs.last, last.kind == .string
        else { return nil }
        return last.isVariadic || specs.count == 1 && last.acceptsStandardInput ? last : nil
    }

    /// Commands whose lists Kubo, too, reads from the body. It passes over that of others: `pin ls` of
    /// some paths would be answered with all pins.
    private static let listsOfKubo: Set<[String]> = [
        ["cat"], ["cid", "base32"], ["cid", "format"], ["ls"], ["pin", "add"], ["pin", "rm"],
        ["refs"],
    ]

    private func checked(_ byteCount: Int) throws(UsageError) -> RPCRequest {
        guard byteCount <= Limits.longTargetByteCountMax else {
            throw UsageError(
                "the arguments and options have \(byteCount) bytes in the address of the call, and "
                    + "no node takes more than \(Limits.longTargetByteCountMax)", words: words)
        }
        return self
    }
}

/// The body of a call, made while it is sent.
protocol RPCBody: AnyObject {
    /// The whole header value.
    var contentType: String { get }

    /// The next piece, or nil at the end. An error breaks the call off.
    func next() throws -> Bytes?

    /// Waits until the next piece can be made without a wait; at most for a duration.
    func isReady(within duration: Duration) throws -> Bool
}

extension RPCBody {
    func isReady(within duration: Duration) throws -> Bool { true }
}
