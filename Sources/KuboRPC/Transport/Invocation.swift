import Buffers
import Content
import Execution
import HTTPServer
import Multiformats

/// One call while it runs: what was asked, and what the command may use to answer.
///
/// Belongs to the connection's thread, like the request.
struct Invocation {
    let call: Call
    let library: Library
    let settings: KuboRPCSettings
    /// When the caller no longer waits; the earlier of its `timeout` and the exchange's own end.
    let deadline: Deadline
    /// How CIDs are written in this answer.
    let cidText: CIDText
    private let request: Request

    init(
        _ call: Call, of request: Request, library: Library, settings: KuboRPCSettings
    ) throws(RPCError) {
        self.call = call
        self.request = request
        self.library = library
        self.settings = settings
        deadline = try Invocation.deadline(of: call, within: request.deadline)
        cidText = try CIDText(call.options)
    }

    /// The arguments as text, for those that are one: CIDs, numbers.
    var arguments: [String] { call.arguments.map(\.displayText) }
    /// The arguments as they were sent, for those that are paths.
    var argumentBytes: [Bytes] { call.arguments }
    var options: OptionValues { call.options }

    /// Whether the client has gone away.
    var isAbandoned: Bool { request.isAbandoned }

    /// To be asked between two steps of a long operation.
    ///
    /// - Throws: when the caller's time has passed or the caller has gone.
    func checkWanted() throws(RPCError) {
        if deadline.hasPassed { throw .deadlineExceeded }
        if request.isAbandoned { throw .failed("context canceled") }
    }

    private static func deadline(
        of call: Call, within exchange: Deadline
    ) throws(RPCError) -> Deadline {
        guard let text = call.options.text("timeout") else { return exchange }
        guard let timeout = GoDuration.parse(text) else {
            throw .badRequest("time: invalid duration \(quoted(text))")
        }
        return exchange.earlier(.after(max(timeout, .zero)))
    }
}
