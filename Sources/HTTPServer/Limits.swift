/// The limits of this module, together with the relations between them.
enum Limits {
    /// Stack of one connection's thread.
    static let stackByteCount = 512 * 1_024

    /// What a body source is asked for at once.
    static let answerPieceByteCount = 256 * 1_024

    /// Upload pieces are joined up to this before a receiver sees them.
    static let receivedPieceByteCount = 256 * 1_024

    /// For how long an uploading client may send nothing before what others need is let go of.
    static let stallDuration: Duration = .milliseconds(20)

    /// For how long a client may take nothing before the source of its answer is asked to let go of
    /// what it handed out.
    static let blockedDuration: Duration = .milliseconds(250)

    /// What is left of a piece and no longer than this is copied for a client that takes nothing, so
    /// that the block which it is a part of can go.
    static let keptPieceByteCount = 64 * 1_024

    /// Bytes that are read and dropped from a client that still sends when its answer has gone out.
    static let drainedByteCountMax = 1_024 * 1_024

    /// The same for a connection that is about to be closed.
    static let lingerByteCountMax = 64 * 1_024 * 1_024

    /// How long that may take.
    static let drainDuration: Duration = .seconds(1)

    /// How often the watchdog looks, at most.
    static let watchdogPeriod: Duration = .seconds(1)
}
