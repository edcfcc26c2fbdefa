/// How many connections each listener may keep open, so that the process's limit of open files never
/// ends accepting.
///
/// Where the system refuses a descriptor to the thread that accepts, nobody is looked at any more who
/// could give way, and connections that lie idle would lock everybody out. So the listeners' own
/// limits have to act first.
struct ConnectionAllotment: Equatable {
    /// Of the public listener.
    let publicCount: Int
    /// Of the private listener.
    let privateCount: Int

    /// What a connection may take for long: its socket, the file that its body waits in and the one of
    /// its answer, and the socket of one that has been told to leave for it and has not ended. Those
    /// that it takes for a moment (`SocketDiversion`) are in the reserve.
    static let descriptorsPerConnection = 4

    /// What the rest of the process takes at most: the databases map most of their tables, hold a
    /// fifth of the limit open beyond that (LevelDB's `PosixEnv`), and two listeners keep room for at
    /// least 64 connections each that end.
    static func reserve(of openFileMax: Int) -> Int { 256 + openFileMax / 5 }

    /// Shares out what there is.
    ///
    /// - Parameters:
    ///   - publicWanted: connections of the public listener, as configured.
    ///   - privateWanted: the same of the private one.
    ///   - openFileMax: the process's limit of open files.
    /// - Throws: when hardly any connection has room.
    init(
        publicWanted: Int, privateWanted: Int, openFileMax: Int
    ) throws(ConfigurationError) {
        let room =
            (openFileMax - Self.reserve(of: openFileMax)) / Self.descriptorsPerConnection
        let wanted = publicWanted + privateWanted
        guard room < wanted else {
            publicCount = publicWanted
            privateCount = privateWanted
            return
        }
        guard room >= 2 * Limits.connectionsMin else {
            throw ConfigurationError(
                "the limit of open files is \(openFileMax), which has no room for connections: give "
                    + "the node at least 1024, better 8192 (ulimit -Hn, LimitNOFILE= in a unit of "
                    + "systemd)")
        }
        // The smaller one is not to be starved by the larger.
        let share = room * privateWanted / wanted
        privateCount = min(privateWanted, max(Limits.connectionsMin, share))
        publicCount = min(publicWanted, room - privateCount)
    }
}
