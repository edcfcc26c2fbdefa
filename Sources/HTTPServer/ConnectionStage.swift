import Synchronization

/// What a peer is expected to do, and since when.
///
/// In one word: who looks sees all of one moment, and who shuts a connection for what was seen does so
/// only while it is still true. With a word for each, a connection whose request had just begun could
/// be seen, and shut, as one that waits.
struct ConnectionStage: RawRepresentable, AtomicRepresentable {
    /// Three bits for the phase, one for `isNew`, and nanoseconds of `Instant`, which last for 36 years.
    let rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// - Parameters:
    ///   - phase: what the peer is expected to do.
    ///   - since: when it was entered; nanoseconds of `Instant`.
    ///   - isNew: whether no request has come yet.
    init(_ phase: Connection.Phase, since: UInt64, isNew: Bool) {
        rawValue = since << 4 | (isNew ? 8 : 0) | UInt64(phase.rawValue)
    }

    var phase: Connection.Phase { Connection.Phase(rawValue: UInt8(rawValue & 7)) ?? .leaving }

    var isNew: Bool { rawValue & 8 != 0 }

    var since: UInt64 { rawValue >> 4 }
}
