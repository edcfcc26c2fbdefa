import Buffers
import CMicroHTTPD
import Execution
import Glibc
import HTTP

/// Reads the body of one request from the bare socket and hands it to its receiver.
///
/// libmicrohttpd would read it too, but it accepts chunks that another program reads otherwise
/// (`ChunkedDecoder`), and it waits for the client in a place where nobody can let go of anything.
/// Here a client that sends nothing for a moment costs no memory: what has come is delivered, the
/// buffers go, and the receiver gives back what others need.
struct BodyReader: ~Copyable {
    /// How it ended.
    enum Outcome {
        /// The receiver has everything.
        case complete
        /// The connection is of no use any more.
        case broken
        /// The body is refused; the receiver has been told.
        case failed(any Error)
    }

    private let receiver: any BodyReceiver
    private let exchange: Exchange
    private let connection: Connection
    private let core: ListenerCore
    private var decoder = ChunkedDecoder()
    /// Bytes that are still to come of a body of known length; nil for one in chunks.
    private var left: UInt64?
    private var meter: RateMeter
    private var pending = ByteWriter(capacity: 0)
    /// Where bytes are read into; empty while the client sends nothing.
    private var room: [UInt8] = []
    private var hasShare = false
    /// Whether the client was told that it is too late; what it still sends is of no use.
    private var wasTold = false
    /// Whether the client keeps up the pace at which keeping a share for it is worth while.
    private var isBrisk = true
    /// Since when others have been seen to wait for what the receiver keeps, and what had come then.
    private var heldUp: (instant: UInt64, receivedByteCount: UInt64)?
    private var pace = RateMeter(
        rate: Limits.uploadPaceMin,
        windowNanoseconds: Limits.uploadPaceWindow.wholeNanoseconds)

    /// Starts in front of the body.
    ///
    /// - Parameters:
    ///   - length: of the body; nil for one in chunks.
    ///   - receiver: gets the pieces.
    ///   - exchange: what the body belongs to.
    init(length: UInt64?, for receiver: any BodyReceiver, of exchange: Exchange) {
        left = length
        self.receiver = receiver
        self.exchange = exchange
        connection = exchange.connection
        core = exchange.core
        meter = exchange.core.makeMeter()
    }

    deinit {
        if hasShare { core.gathering.release(Limits.gatheringShareByteCount) }
    }

    /// Reads to the end of the body.
    ///
    /// - Parameter first: what was read together with the header section.
    /// - Blocking: for as long as the client takes; the watchdog ends that.
    mutating func run(first: UnsafeRawBufferPointer) -> Outcome {
        do {
            let bytes = unsafe first.bindMemory(to: UInt8.self)
            try take(unsafe bytes.span)
            while !isComplete {
                guard let count = try read() else {
                    receiver.abandon()
                    return .broken
                }
                try takeFromRoom(count)
                if isComplete { break }
                if !isBrisk { try letGo() }
                // With a byte every few milliseconds it is never waited for any longer.
                if isOthersTurn() { throw BodyHeldUpOthers() }
            }
            try deliver()
            return .complete
        } catch let error as HTTPError {
            receiver.abandon()
            return .failed(BadBody(problem: error.message))
        } catch {
            receiver.abandon()
            return .failed(error)
        }
    }

    private var isComplete: Bool { left.map { $0 == 0 } ?? decoder.isComplete }

    // MARK: Taking what has come

    private mutating func takeFromRoom(_ count: Int) throws {
        let room = room
        try take(room.span.extracting(0..<count))
    }

    private mutating func take(_ bytes: Span<UInt8>) throws {
        let before = pending.count
        let count: Int
        if let left {
            count = Int(min(left, UInt64(bytes.count)))
            pending.append(bytes.extracting(0..<count))
            self.left = left - UInt64(count)
        } else {
            count = try decoder.decode(bytes, into: &pending)
        }
        exchange.countReceived(pending.count - before)
        guard exchange.receivedByteCount <= core.options.bodyByteCountMax else {
            throw ContentTooLarge(limit: Int(clamping: core.options.bodyByteCountMax))
        }
        if pending.count >= (hasShare ? Limits.receivedPieceByteCount : 1) { try deliver() }
    }

    private mutating func deliver() throws {
        guard pending.count > 0 else { return }
        let start = Instant.now.nanoseconds
        if exchange.isOverdue(at: start) { throw DeadlinePassed() }
        try receiver.receive(pending.takeBytes(nextCapacity: pieceCapacity))
        noteReceiver(since: start)
    }

    /// Where the receiver takes long, it was not the client who kept no pace.
    private mutating func noteReceiver(since start: UInt64) {
        let elapsed = Instant.now.nanoseconds &- start
        if elapsed >= Limits.heldUpDuration.wholeNanoseconds / 2 { heldUp = nil }
    }

    /// Room for a full piece and the read that fills it up, or for the rest of the body.
    private var pieceCapacity: Int {
        let most = hasShare ? Limits.gatheringShareByteCount : Limits.readByteCountWithoutShare
        return Int(min(UInt64(most), left ?? .max))
    }

    // MARK: Reading

    /// Reads what has arrived, or waits for it.
    ///
    /// - Returns: how many bytes stand in `room` now; nil when the connection has ended.
    private mutating func read() throws -> Int? {
        var start = Instant.now.nanoseconds
        // Not byte by byte: each read ends with a pause of the receiver.
        if !isBrisk { _ = waitForClient(0, by: .after(Limits.stallDuration)) }
        makeRoom()
        var stillNanoseconds: UInt64 = 0
        while !wasTold {
            let count = unsafe recv(connection.socket, &room, room.count, Int32(MSG_DONTWAIT))
            let code = errno
            if count > 0 {
                let elapsed = Instant.now.nanoseconds &- start
                connection.countMoved(count)
                try judge(count, elapsed)
                judgePace(count, elapsed &- min(elapsed, stillNanoseconds))
                return count
            }
            guard count < 0, code == EAGAIN || code == EINTR else { return nil }
            if waitForClient(POLLIN, by: .after(Limits.stallDuration)) { continue }
            let elapsed = Instant.now.nanoseconds &- start
            try letGo()
            let stillStart = Instant.now.nanoseconds
            start = stillStart &- elapsed
            try waitForLong()
            stillNanoseconds &+= Instant.now.nanoseconds &- stillStart
            makeRoom()
        }
        return nil
    }

    /// Refuses a body that does not keep up the lowest rate.
    private mutating func judge(_ count: Int, _ elapsed: UInt64) throws {
        guard meter.isFastEnough(bytes: count, in: elapsed) else { throw BodyTooSlow() }
    }

    /// Decides whether a share is worth while. Where the client holds nothing it is not to be
    /// hurried: only the time counts in which it does.
    private mutating func judgePace(_ count: Int, _ elapsed: UInt64) {
        if !pace.isFastEnough(bytes: count, in: elapsed) {
            isBrisk = false
        } else if count == room.count {
            isBrisk = true
        }
    }

    private mutating func makeRoom() {
        if !hasShare, isBrisk, core.gathering.tryAcquire(Limits.gatheringShareByteCount) {
            hasShare = true
            room = []
        }
        guard room.isEmpty else { return }
        let most = hasShare ? Limits.readByteCount : Limits.readByteCountWithoutShare
        room = [UInt8](repeating: 0, count: most)
    }

    /// Hands over what has come and holds nothing any more that others need.
    private mutating func letGo() throws {
        try deliver()
        _ = pending.takeBytes()
        room = []
        if hasShare { core.gathering.release(Limits.gatheringShareByteCount) }
        hasShare = false
        let start = Instant.now.nanoseconds
        receiver.pause()
        noteReceiver(since: start)
    }

    /// Waits for as long as the watchdog lets the client, or until others have waited for long for what the
    /// receiver cannot let go of.
    private mutating func waitForLong() throws {
        let now = Instant.now.nanoseconds
        connection.enter(.owing, at: now, until: exchange.bodyLimit(from: now))
        var hasToGo = isOthersTurn()
        let socket = connection.socket
        while !hasToGo,
            !SocketWriter.wait(for: POLLIN, on: socket, by: .after(Limits.heldUpDuration))
        {
            hasToGo = isOthersTurn()
        }
        if !connection.enter(.busy, at: Instant.now.nanoseconds, until: .max) { wasTold = true }
        if hasToGo { throw BodyHeldUpOthers() }
    }

    /// Whether others have waited for long for what the receiver keeps, at two looks at least, while the
    /// client kept up no pace. A byte now and then changes nothing: who has much has to be through in a minute,
    /// if it sends as much as it holds.
    private mutating func isOthersTurn() -> Bool {
        let held = receiver.heldUpByteCount
        guard held > 0 else {
            heldUp = nil
            return false
        }
        let (now, received) = (Instant.now.nanoseconds, exchange.receivedByteCount)
        let duration = 2 * Limits.heldUpDuration.wholeNanoseconds
        let pace = UInt64(max(Limits.uploadPaceMin, held / Limits.heldUpSecondsMax))
        let paceByteCount = pace * duration / 1_000_000_000
        guard let before = heldUp, received - before.receivedByteCount < paceByteCount else {
            heldUp = (now, received)
            return false
        }
        return now &- before.instant >= duration
    }

    /// Waits for the client, for as long as the watchdog lets it. All of it counts as the client's
    /// stillness, however short: with a byte every 50 ms it would otherwise keep its place for ever.
    ///
    /// - Parameter event: what is waited for; none for a moment in which more may gather.
    /// - Returns: false when the deadline passed first.
    private mutating func waitForClient(_ event: Int32, by deadline: Deadline) -> Bool {
        let now = Instant.now.nanoseconds
        connection.enter(.owing, at: now, until: exchange.bodyLimit(from: now))
        let hasCome = SocketWriter.wait(for: event, on: connection.socket, by: deadline)
        if !connection.enter(.busy, at: Instant.now.nanoseconds, until: .max) { wasTold = true }
        return hasCome
    }
}
