import Buffers
import JSON

/// Why a call failed, in the words that its client will read.
package struct RPCError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is; the HTTP status follows from it.
    enum Code: Sendable {
        /// The request itself is wrong: 400 and a plain text.
        case badRequest
        /// The caller may not do this: 403 and a plain text.
        case forbidden
        /// No such command: 404 and a plain text.
        case unknownCommand
        /// The command failed: 500 and JSON.
        case failed
        /// The command was given something impossible: 400 and JSON.
        case client
        /// The node cannot do it now: 503 and JSON; a retry may help.
        case unavailable
    }

    let code: Code
    /// The text that clients see; some compare it.
    package let message: String

    /// Cuts what is quoted from a call in the middle: a client may not read the answer for a long time.
    init(code: Code, message: String) {
        self.code = code
        self.message = message.shortened(toByteCount: Limits.errorTextBytesMax)
    }

    /// The command failed.
    static func failed(_ message: String) -> RPCError {
        RPCError(code: .failed, message: message)
    }

    /// An option or argument is wrong.
    static func badRequest(_ message: String) -> RPCError {
        RPCError(code: .badRequest, message: message)
    }

    /// No such command.
    static let unknownCommand = RPCError(code: .unknownCommand, message: "404 page not found")

    /// The time that the caller allowed has passed.
    static let deadlineExceeded = RPCError.failed("context deadline exceeded")

    package var description: String { message }

    /// `Code` of the JSON form: 0 ordinary, 1 the client's fault.
    private var number: Int64 { code == .client ? 1 : 0 }

    /// The JSON form, which clients find in bodies and as the last line of a broken stream.
    var json: JSONOutput {
        .object([
            ("Message", .text(message)), ("Code", .integer(number)), ("Type", .text("error")),
        ])
    }
}
