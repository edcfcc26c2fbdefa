import Execution

/// The limits of this module, together with the relations between them.
enum Limits {
    /// Levels of arrays and objects in a JSON text.
    static let jsonDepthMax = 64
    /// Bytes of `config.json`.
    static let configurationByteCountMax = 1 << 20
    /// How long requests that were told to stop, and the store behind them, may take to end before the
    /// process ends without them.
    static let stopGrace: Duration = .seconds(5)
    /// How long a log that nobody reads may hold up the end of the process.
    static let logFlushDuration: Duration = .seconds(1)
    /// The version of the repository's layout that this program writes and reads.
    static let repositoryVersion = 1
}
