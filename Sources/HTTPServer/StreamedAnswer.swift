import Buffers
import Execution
import HTTP

/// Sends an answer whose body is made while it is sent, and watches how fast the client takes it.
///
/// Each piece goes to the socket from where it is. libmicrohttpd would copy it into a buffer of its
/// own first, hold that buffer for as long as a slow client takes, and ask `poll` before each send.
struct StreamedAnswer: ~Copyable {
    /// How it ended.
    enum Outcome {
        /// Everything was sent.
        case sent
        /// The connection is of no use any more: the client sees that the answer is not complete.
        case broken
        /// The source failed before anything was sent, so that there is room for another answer.
        case failed(any Error)
    }

    private let source: any BodySource
    private let framing: AnswerHead.Framing
    private let exchange: Exchange
    private let core: ListenerCore
    private var meter: RateMeter
    /// Bytes that the client still expects.
    private var left: UInt64

    /// Starts before the first piece.
    ///
    /// - Parameters:
    ///   - source: makes the bytes; closed at the end.
    ///   - framing: with a length, nothing beyond it is sent.
    ///   - exchange: what the bytes answer.
    init(_ source: any BodySource, _ framing: AnswerHead.Framing, for exchange: Exchange) {
        self.source = source
        self.framing = framing
        self.exchange = exchange
        core = exchange.core
        meter = core.makeMeter()
        left = if case .length(let count) = framing { count } else { .max }
    }

    deinit { source.close() }

    /// Sends head and body.
    ///
    /// - Parameter head: goes out together with the first piece.
    /// - Blocking: for as long as the client takes; the watchdog ends that.
    mutating func send(_ head: Bytes) -> Outcome {
        var head = head
        do {
            while left > 0, let piece = try nextPiece() {
                let payload = piece.prefix(Int(clamping: left))
                guard !payload.isEmpty else { continue }
                guard write(payload, behind: head) else { return .broken }
                head = .empty
                exchange.sentByteCount += UInt64(payload.count)
                left -= UInt64(payload.count)
            }
        } catch {
            if !head.isEmpty { return .failed(error) }
            core.report("\(exchange.targetForLog): broken off: \(error)")
            return .broken
        }
        return sendEnd(behind: head)
    }

    private func nextPiece() throws -> Bytes? {
        exchange.connection.allow(until: .max)
        if exchange.isOverdue(at: Instant.now.nanoseconds) { throw DeadlinePassed() }
        return try source.next(limit: Limits.answerPieceByteCount)
    }

    private mutating func write(_ payload: Bytes, behind head: Bytes) -> Bool {
        let start = Instant.now.nanoseconds
        exchange.connection.allow(until: core.limit(forMoving: payload.count, from: start))
        var parts = SocketWriter.Parts(head, payload)
        if framing == .chunked {
            parts = .init(
                head, Bytes(utf8: String(payload.count, radix: 16) + "\r\n"), payload, Self.lineEnd)
        }
        guard SocketWriter.write(parts, to: exchange.connection.socket, by: .never) else {
            return false
        }
        let elapsed = Instant.now.nanoseconds &- start
        guard meter.isFastEnough(bytes: payload.count, in: elapsed) else {
            core.report("\(exchange.targetForLog): the client reads too slowly")
            return false
        }
        return true
    }

    /// Sends what stands behind the last piece, and the head if there was none.
    private func sendEnd(behind head: Bytes) -> Outcome {
        var writer = ByteWriter()
        switch framing {
        case .none, .untilClose: break
        case .length:
            if left > 0 {
                core.report("\(exchange.targetForLog): \(left) bytes short of its length")
                return .broken
            }
        case .chunked:
            writer.append(utf8: "0\r\n")
            for field in source.trailers {
                AnswerHead.append(field.name, field.value, to: &writer)
            }
            writer.append(Self.lineEnd)
        }
        let now = Instant.now.nanoseconds
        exchange.connection.allow(until: core.limit(forMoving: 0, from: now))
        let socket = exchange.connection.socket
        let parts = SocketWriter.Parts(head, writer.finish())
        return SocketWriter.write(parts, to: socket, by: .never) ? .sent : .broken
    }

    private static let lineEnd = Bytes(utf8: "\r\n")
}
