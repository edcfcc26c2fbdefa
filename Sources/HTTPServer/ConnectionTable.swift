import Execution
import Synchronization

/// The connections of a listener. Touched under its lock only.
struct ConnectionTable {
    private struct Entry {
        let connection: Connection
        var watch = Connection.Watch()
        /// Whether it was told to leave, and holds no place any more.
        var isLeaving = false
    }

    private var entries: [ObjectIdentifier: Entry] = [:]
    private var holderCount = 0
    private var countsByClient: [String: Int] = [:]
    private var headsByClient: [String: ByteBudget] = [:]

    /// All of them, also those that are about to leave.
    var connections: [Connection] { entries.values.map(\.connection) }

    /// Those that are about to leave.
    var leavingCount: Int { entries.count - holderCount }

    /// What became of a connection that has come.
    enum Arrival {
        /// It was added. Where there was no room, another one was shut for it, or it itself.
        case added(hasLeft: Bool)
        /// It was not: all that could leave for it have only just come, too.
        case notYet
    }

    /// Adds a connection, and shuts the one that has to leave for it, or the connection itself if
    /// none may.
    ///
    /// - Parameters:
    ///   - connection: has just come.
    ///   - limits: decide who leaves.
    ///   - now: nanoseconds of `Instant`.
    ///   - patience: as for `ConnectionLimits.decide`.
    ///   - mayWait: whether the newcomer may come again; if not, the answer is never `.notYet`.
    mutating func add(
        _ connection: Connection, within limits: ConnectionLimits, at now: UInt64,
        patience: ConnectionLimits.Patience, mayWait: Bool
    ) -> Arrival {
        let leaver: Connection?
        switch shutLeaver(for: connection, within: limits, at: now, patience, mayWait) {
        case .nobody: leaver = nil
        case .one(let connection): leaver = connection
        case .later: return .notYet
        }
        entries[ObjectIdentifier(connection)] = Entry(connection: connection)
        holderCount += 1
        countsByClient[connection.peer.group, default: 0] += 1
        if let leaver { giveUpPlace(of: leaver) }
        return .added(hasLeft: leaver != nil)
    }

    /// Removes a connection that has ended.
    mutating func remove(_ connection: Connection) {
        giveUpPlace(of: connection)
        entries[ObjectIdentifier(connection)] = nil
    }

    /// Shuts the connections whose time has passed.
    mutating func check(at now: UInt64, headerNanoseconds: UInt64) {
        var index = entries.startIndex
        while index < entries.endIndex {
            entries.values[index].connection.check(
                at: now, headerNanoseconds: headerNanoseconds,
                watch: &entries.values[index].watch)
            entries.formIndex(after: &index)
        }
    }

    /// Shuts connections with long heads whose clients have moved nothing worth the name for long, the
    /// stillest first, until so much of the memory for heads comes back; none where that is too much.
    ///
    /// - Parameter peer: whose; everybody's if not given.
    /// - Returns: whether it is enough.
    func shutStillHeads(_ byteCount: Int, at now: UInt64, of peer: PeerAddress? = nil) -> Bool {
        let holders = entries.values.filter {
            $0.connection.headByteCount.load(ordering: .relaxed) > 0
                && (peer == nil || peer?.group == $0.connection.peer.group)
        }
        .map(\.connection)
        for connection in holders { connection.lookForMovement(at: now) }
        let still = holders.map {
            (connection: $0, look: $0.look, held: $0.headByteCount.load(ordering: .relaxed))
        }
        .filter {
            $0.look.phase.isStill
                && now &- min(now, $0.look.since) >= Limits.stillDuration.wholeNanoseconds
        }
        .sorted { $0.look.since < $1.look.since }
        guard still.reduce(0, { $0 + $1.held }) >= byteCount else { return false }
        var left = byteCount
        for (connection, look, held) in still where left > 0 {
            if connection.giveWay(look) { left -= held }
        }
        return left <= 0
    }

    /// What one client may have of the memory for long heads.
    mutating func heads(of peer: PeerAddress, _ limit: Int) -> ByteBudget {
        if let budget = headsByClient[peer.group] { return budget }
        if headsByClient.count >= Limits.headClientCountMax {
            headsByClient = headsByClient.filter { $0.value.inUse + $0.value.waiterCount > 0 }
        }
        let budget = ByteBudget(name: "http-heads-of-client", limit: limit)
        headsByClient[peer.group] = budget
        return budget
    }

    /// Shuts the waiting connections whose request is not on its way.
    ///
    /// - Returns: how many requests are on their way, or have begun and are not complete.
    func shutWaiting() -> Int {
        var count = 0
        for entry in entries.values where !entry.isLeaving {
            let look = entry.connection.look
            switch look.phase {
            case .waiting:
                if entry.connection.hasInput || !entry.connection.giveWay(look) { count += 1 }
            case .header: count += 1
            case .owing, .still, .busy, .leaving: break
            }
        }
        return count
    }

    private enum Leaver {
        case nobody
        case one(Connection)
        case later
    }

    private func shutLeaver(
        for newcomer: Connection, within limits: ConnectionLimits, at now: UInt64,
        _ patience: ConnectionLimits.Patience, _ mayWait: Bool
    ) -> Leaver {
        let peer = newcomer.peer
        guard
            limits.mayBeFull(
                count: holderCount, clientCount: countsByClient[peer.group] ?? 0, for: peer)
        else { return .nobody }
        // Whoever left while it stood in the kernel's queue takes nobody's place.
        if newcomer.isAbandoned {
            newcomer.shut()
            return .one(newcomer)
        }
        let candidates = entries.values.lazy.filter { !$0.isLeaving }.map(\.connection)
        let connections = Array(candidates)
        for connection in connections { connection.lookForMovement(at: now) }
        var looks = connections.map(\.look)
        var holders = zip(connections, looks).map { ConnectionLimits.Holder($0.peer, $1) }
        // Between the look and the end of a choice some may go on; not so many.
        for tryCount in 1...Limits.leaverTriesMax {
            let index: Int
            switch limits.decide(peer, among: holders, at: now, patience: patience) {
            case .room: return .nobody
            case .notYet:
                let gone = connections.firstIndex { $0.phase == .waiting && $0.isAbandoned }
                if let gone, connections[gone].giveWay(looks[gone]) {
                    return .one(connections[gone])
                }
                if mayWait { return .later }
                newcomer.refuse()
                return .one(newcomer)
            case .refused:
                newcomer.refuse()
                return .one(newcomer)
            case .instead(let place): index = place
            }
            let connection = connections[index]
            let mayChoose = tryCount < Limits.leaverTriesMax
            if mayChoose, holders[index].phase == .waiting, connection.hasInput {
                // Its request is there, and the thread has not come to read it.
                holders[index].phase = .header
                continue
            }
            if connection.giveWay(looks[index]) { return .one(connection) }
            looks[index] = connection.look
            holders[index] = ConnectionLimits.Holder(connection.peer, looks[index])
        }
        newcomer.refuse()
        return .one(newcomer)
    }

    private mutating func giveUpPlace(of connection: Connection) {
        let key = ObjectIdentifier(connection)
        guard entries[key]?.isLeaving == false else { return }
        entries[key]?.isLeaving = true
        holderCount -= 1
        let group = connection.peer.group
        let count = (countsByClient[group] ?? 1) - 1
        countsByClient[group] = count > 0 ? count : nil
    }
}
