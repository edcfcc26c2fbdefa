/// The node refused a call, or it could not be reached; the message is what is printed.
struct NodeError: Error, CustomStringConvertible {
    let message: String

    init(_ message: String) { self.message = message }

    var description: String { message }

    /// What a node says about itself: that it failed, perhaps without a word.
    static func told(_ message: String) -> NodeError {
        NodeError(
            message.isEmpty ? "the node has failed and says nothing more: look at its log" : message
        )
    }

    /// An answer that is no JSON, or JSON that takes too much.
    static func unreadable(_ why: any Error) -> NodeError {
        NodeError("the node's answer cannot be read: \(why)")
    }

    /// An answer in which what was asked for is not there: `{}` comes from something else than a node,
    /// and nothing tells whether anything was done.
    static func without(_ what: String) -> NodeError {
        NodeError(
            "the node has answered without \(what), so it may have done nothing: check the address, "
                + "something else may listen there")
    }
}
