import Execution

/// The limits of this module, together with the relations between them.
enum Limits {
    /// Bytes of `config.json`.
    static let configurationByteCountMax = 1 << 20
    /// Memory of a connection of the RPC: twice the longest head of a call. libmicrohttpd touches all
    /// of it with each request.
    static let rpcConnectionByteCount = 192 * 1_024
    /// Connections of the RPC, whatever is configured: with their memory 48 MiB. Idle ones give way.
    static let rpcConnectionsMax = 256
    /// Connections that a listener has at least: with a limit of open files that has no room for them
    /// the node does not start.
    static let connectionsMin = 16
    /// Bytes of the target of a call: 1,250 CIDs as arguments. Longer lists come in the body.
    static let rpcTargetByteCountMax = 80 * 1_024
    /// Bytes of the fields of a call, with its target within half of the connection's memory.
    static let rpcHeaderByteCountMax = 16 * 1_024
    /// How long requests that were told to stop, and the store behind them, may take to end before the
    /// process ends without them.
    static let stopGrace: Duration = .seconds(5)
    /// The same of the scrubber, where nothing is left of the time for requests: it is at a page.
    static let scrubberStopGrace: Duration = .seconds(1)
    /// Requests that the log names when the process ends without them.
    static let stopNamesMax = 8
    /// How long a log that nobody reads may hold up the end of the process.
    static let logFlushDuration: Duration = .seconds(1)
    /// Lines at the level of warnings about failed requests that each listener writes in a period.
    static let failureLinesMax = 60
    static let failureLinePeriod: Duration = .seconds(60)
    /// Times that a command tries to remove its empty repository, in which something may still be made.
    static let scratchRemovalsMax = 100
    /// How long it waits between them.
    static let scratchRemovalPause: Duration = .milliseconds(5)

    /// Bytes of a file of the repository that is a line of text or a key.
    static let smallFileByteCountMax = 4_096

    /// The version of the repository's layout that this program writes and reads.
    static let repositoryVersion = 3
}
