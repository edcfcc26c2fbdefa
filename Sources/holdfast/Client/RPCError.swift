/// The node refused a call, or it could not be reached; the message is what is printed.
struct RPCError: Error, CustomStringConvertible {
    let message: String

    init(_ message: String) { self.message = message }

    var description: String { message }
}
