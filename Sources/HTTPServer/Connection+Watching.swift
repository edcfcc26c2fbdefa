import CMicroHTTPD
import Execution
import Synchronization

/// How the watchdog, and whoever needs the place of a connection, see that its time has passed.
extension Connection {
    /// What the watchdog remembers between two looks at a waiting connection.
    struct Watch {
        var requestCount = UInt64.max
        var receivedByteCount: UInt64 = 0
    }

    /// Shuts the socket if its time has passed. For the watchdog.
    ///
    /// - Parameters:
    ///   - now: nanoseconds of `Instant`.
    ///   - headerNanoseconds: how long a header section may take.
    ///   - watch: what the watchdog remembers about this connection.
    func check(at now: UInt64, headerNanoseconds: UInt64, watch: inout Watch) {
        if phase == .waiting, peer.isTCP { startHeaderClock(at: now, headerNanoseconds, &watch) }
        let seen = look
        guard now >= shutInstant.load(ordering: .relaxed) else { return }
        guard seen.phase == .owing else { return shut() }
        // Who has gone on meanwhile is answered by its own thread, which has set another limit.
        guard leave(from: seen) else { return }
        say(.lateness)
        shut()
    }

    /// libmicrohttpd does not tell when the first byte of a request line has come, so the socket's
    /// own count tells: once it has grown while the connection waits, the header clock runs.
    private func startHeaderClock(
        at now: UInt64, _ headerNanoseconds: UInt64, _ watch: inout Watch
    ) {
        let received = holdfast_tcp_received(socket)
        let requests = requestCount.load(ordering: .relaxed)
        let hasStarted =
            watch.requestCount == requests && received > watch.receivedByteCount
        watch = Watch(requestCount: requests, receivedByteCount: received)
        guard hasStarted else { return }
        let limit = shutInstant.load(ordering: .relaxed)
        let wanted = now &+ headerNanoseconds
        // Fails when the request has gone on meanwhile; its own limit holds then.
        if wanted < limit {
            _ = shutInstant.compareExchange(
                expected: limit, desired: wanted, ordering: .relaxed)
        }
    }

    /// Looks whether bytes have moved while the peer was waited for: what lies in the socket's buffers
    /// goes on without this program. If so the wait counts from now on. For who is about to end it.
    func lookForMovement(at now: UInt64) {
        let before = look
        guard before.phase.isStill, now &- min(now, before.since) >= Self.stillNanosecondsMax
        else { return }
        let moved = holdfast_tcp_moved(socket)
        let start = movedBefore.load(ordering: .relaxed)
        guard moved >= start &+ UInt64(Limits.movedByteCountMin) else { return }
        movedBefore.store(moved, ordering: .relaxed)
        forgetStillness()
        // Fails when the connection has gone on itself.
        let moving = ConnectionStage(before.phase, since: now, isNew: before.isNew)
        _ = stage.compareExchange(
            expected: before.stage, desired: moving, ordering: .relaxed)
    }

    private static let stillNanosecondsMax = Limits.stillDuration.wholeNanoseconds
}
