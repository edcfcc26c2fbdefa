import Buffers
import Node

/// Runs a command that answers with JSON values, and prints each value as text, or all of them as
/// they came where `--encoding=json` was asked for.
enum TextCommand {
    /// An action that prints value by value.
    ///
    /// - Parameter render: writes one value.
    /// - Returns: the action.
    static func action(
        _ render: @escaping @Sendable (JSONValue, Invocation, Session) throws -> Void
    ) -> Command.Action {
        { invocation, session in
            try run(invocation, session) { try render($0, invocation, session) }
        }
    }

    /// Calls the command and hands its values on.
    static func run(
        _ invocation: Invocation, _ session: Session, onValue: (JSONValue) throws -> Void
    ) throws {
        var request = RPCRequest(invocation)
        if invocation.command.arguments.contains(where: \.isFile) {
            if invocation.arguments.isEmpty { try session.announceStandardInput() }
            request.arguments = []
            request.body = FilesBody(invocation.arguments)
        } else {
            request.arguments = try session.arguments(invocation)
        }
        try session.client(for: invocation).values(request) { value, line in
            if invocation.printsJSON {
                try session.output.line(Bytes(line))
            } else {
                try onValue(value)
            }
        }
    }
}

extension Invocation {
    /// Whether the answer is printed as it comes.
    var printsJSON: Bool { text("encoding") == "json" }
}
