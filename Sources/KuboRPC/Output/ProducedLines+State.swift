import Execution

extension ProducedLines {
    /// What an operation gets to work with.
    struct Output: Sendable {
        let state: Monitor<State>

        /// Gives one line; waits while the client is behind.
        ///
        /// - Throws: when nobody wants lines any more.
        func emit(_ line: JSON) throws(RPCError) {
            let byteCount = line.byteCount
            let isTaken = state.wait(by: .never) { state -> Bool? in
                if state.isClosed { return false }
                guard state.hasRoom(for: byteCount) else { return nil }
                state.lines.append(line)
                state.byteCount += byteCount
                return true
            }
            guard isTaken == true else { throw .failed("context canceled") }
            state.notify { _ in }
        }

        /// Whether a line of usual length would have to wait: what others need is to be let go of before.
        var isFull: Bool { state.withLock { !$0.hasRoom(for: Limits.usualLineBytesMax) } }

        /// Gives a line that the next one makes out of date, unless another one still waits.
        ///
        /// - Throws: when nobody wants lines any more.
        func emitIfTaken(_ line: () -> JSON) throws(RPCError) {
            guard state.withLock({ $0.lines.isEmpty || $0.isClosed }) else { return }
            try emit(line())
        }

        /// Says what went wrong although all lines are there.
        func conclude(_ verdict: String) { state.withLock { $0.verdict = verdict } }
    }

    /// What the two threads share.
    struct State {
        /// Lines that wait for the connection, and their bytes.
        var lines: [JSON] = []
        var byteCount = 0
        var verdict: String?
        var isClosed = false
        var end: Result<Void, RPCError>?

        /// Whether one more line may wait; one that is too long only alone.
        func hasRoom(for more: Int) -> Bool {
            guard !lines.isEmpty else { return true }
            return lines.count < Limits.queuedLinesMax
                && byteCount + more <= Limits.queuedLineBytesMax
        }

        /// Takes all lines out.
        mutating func takeLines() -> [JSON] {
            defer { (lines, byteCount) = ([], 0) }
            return lines
        }
    }
}
