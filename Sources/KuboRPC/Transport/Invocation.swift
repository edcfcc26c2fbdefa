import Buffers
import Content
import Execution
import HTTPServer
import Multiformats

/// One call while it runs: what was asked, and what the command may use to answer.
///
/// Belongs to the connection's thread, like the request.
struct Invocation {
    /// What was asked; arguments that come in the body are added to it.
    var call: Call
    let library: Library
    let settings: KuboRPCSettings
    /// Who asks, until the earlier of its `timeout` and the exchange's own end.
    let context: RequestContext
    /// How CIDs are written in this answer.
    let cidText: CIDText

    init(
        _ call: Call, of request: Request, library: Library, settings: KuboRPCSettings
    ) throws(RPCError) {
        self.call = call
        self.library = library
        self.settings = settings
        let liveness = request.liveness
        context = RequestContext(
            deadline: try Invocation.deadline(of: call, within: request.deadline),
            client: request.client
        ) { liveness.isWanted }
        cidText = try CIDText(call.options)
    }

    /// The arguments as text, for those that are one: CIDs, numbers.
    var arguments: [String] { call.arguments.map(\.displayText) }
    /// The arguments as they were sent, for those that are paths.
    var argumentBytes: [Bytes] { call.arguments }
    var options: OptionValues { call.options }

    /// What the call may read.
    var access: ContentAccess { library.access(for: context) }

    /// Whether the call holds what others wait for, and gives it back only at its end: where its client takes
    /// nothing, they go first.
    var holdsUpOthers: Bool { heldUpByteCount > 0 }

    /// How much that is, roughly; 0 where nobody waits.
    var heldUpByteCount: Int {
        let isTurnWanted = call.holdsTurn && library.argumentBudget.waiterCount > 0
        return max(access.heldUpByteCount, isTurnWanted ? 1 : 0)
    }

    /// When the caller no longer waits.
    var deadline: Deadline { context.deadline }

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
