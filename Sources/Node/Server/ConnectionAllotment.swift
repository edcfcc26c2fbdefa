/// How many connections each listener may keep open, so that the process's limits of open files and of
/// threads never end accepting.
///
/// Where the system refuses a descriptor or a thread to a connection, nobody is looked at any more who
/// could give way, and connections that lie idle would lock everybody out. So the listeners' own
/// limits have to act first.
struct ConnectionAllotment: Equatable {
    /// Of the public listener.
    let publicCount: Int
    /// Of the private listener.
    let privateCount: Int

    /// What a connection may take for long: its socket, the file that its body waits in and the one of
    /// its answer, and the socket of one that has been told to leave for it and has not ended. Those
    /// that it takes for a moment (`SocketDiversion`), and those kept for that, are in the reserve.
    static let descriptorsPerConnection = 4

    /// What the rest of the process takes at most: the databases map most of their tables, hold a
    /// fifth of the limit open beyond that (LevelDB's `PosixEnv`), and two listeners keep room for at
    /// least 64 connections each that end.
    static func reserve(of openFileMax: Int) -> Int { 256 + openFileMax / 5 }

    /// Each connection has a thread of its own, and so has one that has been told to leave for it.
    static let threadsPerConnection = 2

    /// The same of the private listener, where the lines of a call may come from a thread of their own
    /// (`ProducedLines`).
    static let threadsPerPrivateConnection = 4

    /// No system has room for as many: a limit above it is none, and cannot be reckoned with.
    private static let threadLimitMax = 1 << 32

    /// Threads of the rest: the pool, the lanes of the store, the listeners' own.
    static let threadReserve = 64

    /// Shares out what there is.
    ///
    /// - Parameters:
    ///   - publicWanted: connections of the public listener, as configured.
    ///   - privateWanted: the same of the private one.
    ///   - openFileMax: the process's limit of open files.
    ///   - threadMax: its limit of threads; nil for none.
    /// - Throws: when hardly any connection has room.
    init(
        publicWanted: Int, privateWanted: Int, openFileMax: Int, threadMax: Int?
    ) throws(ConfigurationError) {
        let fileRoom =
            (openFileMax - Self.reserve(of: openFileMax)) / Self.descriptorsPerConnection
        let threadRoom =
            threadMax.map { Self.room(publicWanted, privateWanted, inThreads: $0) } ?? .max
        let room = min(fileRoom, threadRoom)
        let wanted = publicWanted + privateWanted
        guard room < wanted else {
            publicCount = publicWanted
            privateCount = privateWanted
            return
        }
        guard room >= 2 * Limits.connectionsMin else {
            throw fileRoom <= threadRoom
                ? Self.tooFew("open files", openFileMax, "ulimit -Hn, LimitNOFILE=", 8_192)
                : Self.tooFew("threads", threadMax ?? 0, "ulimit -Hu, TasksMax=", 4_096)
        }
        // The smaller one is not to be starved by the larger.
        let share = room * privateWanted / wanted
        privateCount = min(privateWanted, max(Limits.connectionsMin, share))
        publicCount = min(publicWanted, room - privateCount)
    }

    /// How many connections there are threads for, whether the private ones get their share or the
    /// fewest that they may have.
    private static func room(
        _ publicWanted: Int, _ privateWanted: Int, inThreads threadMax: Int
    ) -> Int {
        let threads = min(threadMax, threadLimitMax) - threadReserve
        let more = threadsPerPrivateConnection - threadsPerConnection
        let wanted = publicWanted + privateWanted
        let byShare = threads * wanted / (threadsPerConnection * wanted + more * privateWanted)
        let fewest = min(privateWanted, Limits.connectionsMin)
        return min(byShare, (threads - more * fewest) / threadsPerConnection)
    }

    private static func tooFew(
        _ what: String, _ count: Int, _ settings: String, _ advised: Int
    ) -> ConfigurationError {
        ConfigurationError(
            "the limit of \(what) is \(count), which has no room for connections: give the node at "
                + "least 1024, better \(advised) (\(settings) in a unit of systemd)")
    }
}
