/// The limits of this module.
enum Limits {
    /// Log lines that may wait for the writer; further ones are dropped and counted.
    static let logLinesMax = 4_096
    /// Bytes of log lines that may wait for the writer.
    static let logBytesMax = 4 * 1024 * 1024
    /// Time series in one registry: a label with unbounded values is a bug, and stops here.
    static let seriesMax = 10_000
}
