import JSON

/// What a command reads in a node's answer. A member that is of another kind than it has to be, or that
/// is missing where one has to be, ends the command and is named: nothing is made up for it, and
/// nothing is left out without a word.
///
/// A needed member has to be there. Any other may be missing or null: that is how Go writes what is
/// empty.
extension JSONValue {
    func neededText(_ name: String) throws(NodeError) -> String {
        try needed(name, "a text", \.text)
    }

    func text(_ name: String) throws(NodeError) -> String? { try read(name, "a text", \.text) }

    func neededUnsigned(_ name: String) throws(NodeError) -> UInt64 {
        try needed(name, "a number", \.unsigned)
    }

    func unsigned(_ name: String) throws(NodeError) -> UInt64? {
        try read(name, "a number", \.unsigned)
    }

    func neededInteger(_ name: String) throws(NodeError) -> Int64 {
        try needed(name, "a number", \.integer)
    }

    func integer(_ name: String) throws(NodeError) -> Int64? {
        try read(name, "a number", \.integer)
    }

    func truth(_ name: String) throws(NodeError) -> Bool? {
        try read(name, "a truth value", \.truth)
    }

    /// The elements of a list; none where it is missing.
    func list(_ name: String) throws(NodeError) -> [JSONValue] {
        try read(name, "a list", \.elements) ?? []
    }

    /// The elements of a list of texts; none where it is missing.
    func texts(_ name: String) throws(NodeError) -> [String] {
        var texts: [String] = []
        for element in try list(name) {
            guard let text = element.text else { throw Self.missing("a list of texts", name) }
            texts.append(text)
        }
        return texts
    }

    func object(_ name: String) throws(NodeError) -> JSONValue? {
        try read(name, "an object") { $0.members == nil ? nil : $0 }
    }

    /// The text of a CID, as a link of dag-json.
    func neededLink(_ name: String) throws(NodeError) -> String {
        try needed(name, "a CID") { $0["/"]?.text }
    }

    private func needed<Value>(
        _ name: String, _ kind: String, _ value: (JSONValue) -> Value?
    ) throws(NodeError) -> Value {
        guard let value = self[name].flatMap(value) else { throw Self.missing(kind, name) }
        return value
    }

    private func read<Value>(
        _ name: String, _ kind: String, _ value: (JSONValue) -> Value?
    ) throws(NodeError) -> Value? {
        guard members != nil else { throw .without("an object") }
        guard let member = self[name], member != .null else { return nil }
        guard let value = value(member) else { throw Self.missing(kind, name) }
        return value
    }

    private static func missing(_ kind: String, _ name: String) -> NodeError {
        .without("\(kind) \"\(name)\"")
    }
}
