import Buffers
import CMicroHTTPD
import Execution
import Glibc
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
    /// What is on its way. Nobody else keeps the piece in it: while the client takes nothing it must
    /// be possible to free it.
    private var parts = SocketParts()
    /// Time in which the current piece was made again, which is not the client's.
    private var reloadNanoseconds: UInt64 = 0
    /// Bytes that the client still expects.
    private var left: UInt64
    /// When the client began to be waited for without having taken much since, and what it had taken then.
    private var stillSince: (instant: UInt64, acknowledgedByteCount: UInt64)?

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
        // What was not sent goes before the source, which lets others have its memory.
        defer { parts = SocketParts() }
        var head = head
        do {
            while left > 0, try takePiece(behind: head) {
                guard writeParts() else { return .broken }
                head = .empty
            }
        } catch {
            if !head.isEmpty { return .failed(error) }
            core.report("\(exchange.targetForLog): broken off: \(error)")
            return .broken
        }
        return sendEnd(behind: head)
    }

    /// Takes the next piece from the source, and puts what stands around it in place.
    ///
    /// - Returns: false at the end.
    private mutating func takePiece(behind head: Bytes) throws -> Bool {
        exchange.connection.allow(until: .max)
        while true {
            if exchange.isOverdue(at: Instant.now.nanoseconds) { throw DeadlinePassed() }
            guard let piece = try source.next(limit: Limits.answerPieceByteCount) else {
                return false
            }
            let payload = piece.prefix(Int(clamping: left))
            if payload.isEmpty { continue }
            if framing == .chunked {
                let size = Bytes(utf8: String(payload.count, radix: 16) + "\r\n")
                parts = SocketParts([head, size], payload: payload, trailing: [Self.lineEnd])
            } else {
                parts = SocketParts([head], payload: payload)
            }
            return true
        }
    }

    private mutating func writeParts() -> Bool {
        let start = Instant.now.nanoseconds
        let count = parts.payloadByteCountLeft
        let connection = exchange.connection
        // Goes first: megabytes of earlier pieces, perhaps, behind which this one waits.
        let queuedBefore = Int(holdfast_queued_byte_count(connection.socket))
        var limit = exchange.limit(forMoving: count + queuedBefore, from: start)
        reloadNanoseconds = 0
        stillSince = nil
        connection.allow(until: limit)
        sending: while true {
            let before = parts.payloadByteCountLeft
            let progress = SocketWriter.push(&parts, to: connection.socket)
            connection.countMoved(before - parts.payloadByteCountLeft)
            switch progress {
            case .done: break sending
            case .gone: return false
            case .blocked:
                connection.enter(.still, at: Instant.now.nanoseconds, until: limit)
                let before = reloadNanoseconds
                guard waitForClient() else { return false }
                let (sum, isEndless) = limit.addingReportingOverflow(reloadNanoseconds &- before)
                limit = isEndless ? .max : sum
                connection.enter(.busy, at: Instant.now.nanoseconds, until: limit)
            }
        }
        exchange.countSent(count)
        left -= UInt64(count)
        let elapsed = Instant.now.nanoseconds &- start &- reloadNanoseconds
        let taken = count + queuedBefore - Int(holdfast_queued_byte_count(connection.socket))
        guard meter.isFastEnough(bytes: max(0, taken), in: elapsed) else {
            core.report("\(exchange.targetForLog): the client reads too slowly")
            return false
        }
        return true
    }

    /// Waits until the client takes bytes again. After a moment neither this answer nor its source
    /// holds more than it must.
    ///
    /// - Returns: false when the payload could not be had again.
    private mutating func waitForClient() -> Bool {
        let socket = exchange.connection.socket
        if SocketWriter.wait(for: POLLOUT, on: socket, by: .after(Limits.blockedDuration)) {
            return true
        }
        var released: SocketParts.Released?
        if parts.payloadByteCountLeft <= Limits.keptPieceByteCount {
            parts.detachPayload()
        } else if source.canReload {
            released = parts.releasePayload()
        }
        // The piece has gone before: with what the source lets go of, others read on at once.
        source.release()
        let held = parts.heldByteCount
        guard core.heldAnswers.tryAcquire(held) else {
            core.report("\(exchange.targetForLog): broken off: too many clients take nothing")
            return false
        }
        defer { core.heldAnswers.release(held) }
        guard waitForLong(on: socket) else { return false }
        guard let released else { return true }
        // From here on it is the source that others wait for, and not the client.
        let start = Instant.now.nanoseconds
        exchange.connection.enter(.busy, at: start, until: .max)
        defer {
            reloadNanoseconds &+= Instant.now.nanoseconds &- start
            stillSince = nil
        }
        do {
            if parts.restorePayload(try source.reload(), released) { return true }
            core.report("\(exchange.targetForLog): broken off: a piece is shorter than before")
        } catch {
            core.report("\(exchange.targetForLog): broken off: \(error)")
        }
        return false
    }

    /// Waits for as long as the client takes, or until others have waited for long for what the answer
    /// cannot let go of.
    private mutating func waitForLong(on socket: Int32) -> Bool {
        var heldUpOthers = false
        while !SocketWriter.wait(
            for: POLLOUT, on: socket, by: .after(Limits.heldUpDuration))
        {
            guard clientKeepsUp(on: socket) else {
                core.report("\(exchange.targetForLog): the client reads too slowly")
                return false
            }
            let holdsUpOthers = source.holdsUpOthers
            if heldUpOthers, holdsUpOthers {
                core.report("\(exchange.targetForLog): broken off: others wait for its memory")
                return false
            }
            heldUpOthers = holdsUpOthers
        }
        return true
    }

    /// Whether the client goes on taking some of a piece in the time that the lowest rate gives it for so
    /// much. A piece can be a block of 32 MiB, which as a whole would have nine hours. What counts is what
    /// the client's system has taken; only TCP tells.
    private mutating func clientKeepsUp(on socket: Int32) -> Bool {
        guard exchange.connection.peer.isTCP else { return true }
        let now = Instant.now.nanoseconds
        let acknowledged = holdfast_tcp_counts(socket).acknowledged
        let wanted = Limits.progressByteCount
        guard let before = stillSince,
            acknowledged &- before.acknowledgedByteCount < UInt64(wanted)
        else {
            stillSince = (now, acknowledged)
            return true
        }
        return now < core.limit(forMoving: wanted, from: before.instant)
    }

    /// Sends what stands behind the last piece, and the head if there was none.
    private mutating func sendEnd(behind head: Bytes) -> Outcome {
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
        parts = SocketParts(head, writer.finish())
        return writeParts() ? .sent : .broken
    }

    private static let lineEnd = Bytes(utf8: "\r\n")
}
