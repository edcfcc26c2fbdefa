/// The node refused a call, or it could not be reached; the message is what is printed.
struct NodeError: Error, CustomStringConvertible {
    let message: String

    init(_ message: String) { self.message = message }

    var description: String { message }

    /// An answer in which what was asked for is not there: `{}` comes from something else than a node,
    /// and nothing tells whether anything was done.
    static func without(_ what: String) -> NodeError {
        NodeError(
            "the node has answered without \(what), so it may have done nothing: check the address, "
                + "something else may listen there")
    }
}
