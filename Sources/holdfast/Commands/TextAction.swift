import JSON

/// Runs a command that answers with JSON values, and prints each value as text, or all of them as
/// they came where `--encoding=json` was asked for.
enum TextAction {
    /// An action that prints value by value.
    ///
    /// - Parameter render: writes one value.
    /// - Returns: the action.
    static func action(
        _ render: @escaping @Sendable (JSONValue, TypedCommand, Session) throws -> Void
    ) -> ProgramCommand.Action {
        { typed, session in
            try run(typed, session) { try render($0, typed, session) }
        }
    }

    /// An action that prints what is in a list of the answer, element by element while it arrives.
    ///
    /// - Parameters:
    ///   - name: of the member that is the list.
    ///   - render: writes one element.
    /// - Returns: the action.
    static func list(
        _ name: String,
        _ render: @escaping @Sendable (JSONValue, TypedCommand, Session) throws -> Void
    ) -> ProgramCommand.Action {
        { typed, session in
            var hasList = false
            try walk(typed, session, .members([name: .elements(.whole)])) { event in
                switch event {
                case .value(let element, let place) where place.depth == 2:
                    try render(element, typed, session)
                // Go writes null for an empty list.
                case .value(.null, let place) where place.depth == 1 && place.name == name:
                    hasList = true
                case .end(depth: 1): hasList = true
                case .end(depth: 0):
                    guard hasList else { throw NodeError.without("a list \"\(name)\"") }
                    hasList = false
                default: break
                }
            }
        }
    }

    /// Calls the command and hands its values on.
    static func run(
        _ typed: TypedCommand, _ session: Session, onValue: (JSONValue) throws -> Void
    ) throws {
        let request = try session.request(for: typed)
        let client = try session.client(for: typed)
        guard !typed.printsJSON else { return try copy(client, request, session) }
        try client.values(request) { value, _ in try onValue(value) }
    }

    /// Calls the command and hands on what is in its values while they arrive.
    static func walk(
        _ typed: TypedCommand, _ session: Session, _ shape: JSONShape,
        onEvent: (JSONStream.Event) throws -> Void
    ) throws {
        let request = try session.request(for: typed)
        let client = try session.client(for: typed)
        guard !typed.printsJSON else { return try copy(client, request, session) }
        try client.walk(request, shape, onEvent: onEvent)
    }

    /// Ends with the first fault that a value tells, as it would where the values are printed as text.
    private static func copy(
        _ client: RPCClient, _ request: RPCRequest, _ session: Session
    ) throws {
        var fault: String?
        try client.lines(request) { value in
            fault = fault ?? Self.fault(in: value)
        } onPart: {
            try session.output.text($0)
        }
        guard let fault else { return }
        try session.output.flush()
        throw NodeError(fault)
    }

    /// What went wrong with one of several things: of `block rm`, `refs`, `cid format` and `dag import`.
    private static func fault(in value: JSONValue) -> String? {
        let texts = [
            value["Error"], value["Err"], value["ErrorMsg"], value["Root"]?["PinErrorMsg"],
        ]
        return texts.compactMap { $0?.text }.first { !$0.isEmpty }
    }
}

extension TypedCommand {
    /// Whether the answer is printed as it comes.
    var printsJSON: Bool { text("encoding") == "json" }
}
