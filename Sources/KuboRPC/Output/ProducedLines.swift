import Content
import Execution
import JSON

/// Lines that come out of a long operation which calls back: the operation runs on a thread of its
/// own, and the connection's thread takes what it gave.
///
/// Between lines the connection looks whether its client is still there; when it has gone, or when
/// the time is over, the operation is cancelled. It never runs ahead by more than a few lines, and
/// few bytes.
final class ProducedLines: LineSource {
    private enum Turn {
        case lines([JSONOutput], isLong: Bool)
        case ended(Result<Void, RPCError>)
    }

    let isPrompt: Bool
    private let invocation: Invocation
    private let name: String
    private let output: Output
    private let operation: @Sendable (Output) throws -> Void
    /// What accounts for what the operation works with.
    private let memory: StateShare?
    private var thread: Thread?
    private var ready: [JSONOutput] = []
    /// Whether the line at hand is too long for the queue.
    private var hasLongLine = false
    private var isAtEnd = false

    /// Prepares an operation; it starts when the first line is asked for.
    ///
    /// - Parameters:
    ///   - name: of the thread.
    ///   - isPrompt: whether each line is sent at once.
    ///   - memory: kept until the operation has ended.
    ///   - operation: gives lines, or throws.
    init(
        _ invocation: Invocation, name: String, isPrompt: Bool = false,
        keeping memory: StateShare? = nil,
        operation: @escaping @Sendable (Output) throws -> Void
    ) {
        self.invocation = invocation
        self.name = name
        self.isPrompt = isPrompt
        self.memory = memory
        self.operation = operation
        output = Output(state: Monitor(State()))
    }

    deinit { close() }

    var verdict: String? { output.state.withLock { $0.verdict } }

    func next() throws -> JSONOutput? {
        try start()
        if hasLongLine {
            hasLongLine = false
            output.state.notify { $0.longLineCount -= 1 }
        }
        while ready.isEmpty {
            if isAtEnd { return nil }
            try take()
        }
        return ready.removeFirst()
    }

    func close() {
        if thread != nil, !isAtEnd { invocation.context.cancel() }
        output.state.notify { $0.isClosed = true }
        thread?.join()
        thread = nil
    }

    private func start() throws(RPCError) {
        guard thread == nil, !isAtEnd else { return }
        thread = Thread(ifPossible: name) { [output, operation] in
            let end: Result<Void, RPCError>
            do {
                try operation(output)
                end = .success(())
            } catch {
                end = .failure(RPCError(error))
            }
            output.state.notify { $0.end = end }
        }
        guard thread != nil else {
            throw RPCError(
                code: .unavailable, message: "overloaded: there is no thread, please try again")
        }
    }

    /// Waits for lines or the end, and looks around now and then.
    private func take() throws {
        let patience = Deadline.after(.milliseconds(250)).earlier(invocation.deadline)
        let turn = output.state.wait(by: patience) { state -> Turn? in
            if state.lines.isEmpty { return state.end.map(Turn.ended) }
            let isLong = state.isLongLine
            return .lines(state.takeLines(), isLong: isLong)
        }
        switch turn {
        case .lines(let lines, let isLong):
            output.state.notify { _ in }
            (ready, hasLongLine) = (lines, isLong)
        case .ended(let end):
            isAtEnd = true
            close()
            try end.get()
        case nil: try invocation.context.checkNow()
        }
    }
}
