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

    /// All of them, also those that are about to leave.
    var connections: [Connection] { entries.values.map(\.connection) }

    /// Adds a connection.
    ///
    /// - Parameter now: nanoseconds of `Instant`.
    /// - Returns: the one that has to leave for it, or the connection itself if none may; nil where
    ///   there is room. It is to be shut.
    mutating func add(
        _ connection: Connection, within limits: ConnectionLimits, at now: UInt64
    ) -> Connection? {
        let leaver = leaver(for: connection, within: limits, at: now)
        entries[ObjectIdentifier(connection)] = Entry(connection: connection)
        holderCount += 1
        countsByClient[connection.peer.group, default: 0] += 1
        if let leaver { giveUpPlace(of: leaver) }
        return leaver
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

    private func leaver(
        for newcomer: Connection, within limits: ConnectionLimits, at now: UInt64
    ) -> Connection? {
        let peer = newcomer.peer
        guard
            limits.mayBeFull(
                count: holderCount, clientCount: countsByClient[peer.group] ?? 0, for: peer)
        else { return nil }
        let candidates = entries.values.lazy.filter { !$0.isLeaving }.map(\.connection)
        let connections = Array(candidates)
        let holders = connections.map {
            ConnectionLimits.Holder(peer: $0.peer, phase: $0.phase, since: $0.phaseStart)
        }
        return switch limits.decide(peer, among: holders, at: now) {
        case .room: nil
        case .instead(let index): connections[index]
        case .refused: newcomer
        }
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
