import Execution
import JSON

extension ProducedLines {
    /// What an operation gets to work with.
    struct Output: Sendable {
        let state: Monitor<State>

        /// Gives one line; waits while the client is behind. Behind a line that is too long for the queue it
        /// waits until nobody needs that any more: what it takes counts where the caller does so.
        ///
        /// - Throws: when nobody wants lines any more.
        func emit(_ line: JSONOutput) throws(RPCError) {
            guard try queue(line) else { return }
            let isDone = state.wait(by: .never) { state -> Bool? in
                if state.isClosed { return false }
                return state.longLineCount > 0 ? nil : true
            }
            guard isDone == true else { throw .failed("context canceled") }
        }

        /// - Returns: whether the line is too long for the queue.
        private func queue(_ line: JSONOutput) throws(RPCError) -> Bool {
            let byteCount = line.byteCount
            let isLong = byteCount > Limits.queuedLineBytesMax
            let isTaken = state.wait(by: .never) { state -> Bool? in
                if state.isClosed { return false }
                guard state.hasRoom(for: byteCount) else { return nil }
                state.lines.append(line)
                state.byteCount += byteCount
                if isLong { state.longLineCount += 1 }
                return true
            }
            guard isTaken == true else { throw .failed("context canceled") }
            state.notify { _ in }
            return isLong
        }

        /// Whether a line of usual length would have to wait: what others need is to be let go of before.
        var isFull: Bool { state.withLock { !$0.hasRoom(for: Limits.usualLineBytesMax) } }

        /// Gives a line that the next one makes out of date, unless another one still waits. Waits for nobody,
        /// so it is for those who hold blocks, and whose work counts what it takes until it ends.
        ///
        /// - Throws: when nobody wants lines any more.
        func emitIfTaken(_ line: () -> JSONOutput) throws(RPCError) {
            guard state.withLock({ $0.lines.isEmpty || $0.isClosed }) else { return }
            _ = try queue(line())
        }

        /// Says what went wrong although all lines are there.
        func conclude(_ verdict: String) { state.withLock { $0.verdict = verdict } }
    }

    /// What the two threads share.
    struct State {
        /// Lines that wait for the connection, and their bytes.
        var lines: [JSONOutput] = []
        var byteCount = 0
        /// How many lines that are too long for the queue are here, or at hand: each is alone in both places.
        var longLineCount = 0
        var verdict: String?
        var isClosed = false
        var end: Result<Void, RPCError>?

        /// Whether one more line may wait; one that is too long only alone.
        func hasRoom(for more: Int) -> Bool {
            guard !lines.isEmpty else { return true }
            return lines.count < Limits.queuedLinesMax
                && byteCount + more <= Limits.queuedLineBytesMax
        }

        /// Whether what is here is one line that is too long for the queue.
        var isLongLine: Bool { byteCount > Limits.queuedLineBytesMax }

        /// Takes all lines out.
        mutating func takeLines() -> [JSONOutput] {
            defer { (lines, byteCount) = ([], 0) }
            return lines
        }
    }
}
