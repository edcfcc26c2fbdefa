/// The limits of this module, together with the relations between them.
enum Limits {
    /// Bytes of one head, all lines together.
    static let headByteCountMax = 64 * 1024

    /// Bytes of the head of a request with the address that it goes to. libcurl collects a head in
    /// 1 MiB and calls a longer one a lack of memory; it refuses an option of over 8,000,000 bytes.
    static let requestHeadByteCountMax = 1_000_000

    /// Bytes of the path of a Unix socket: more the system has no room for.
    static let socketPathByteCountMax = 107

    /// Bytes of the trailers, all lines together.
    static let trailerByteCountMax = 64 * 1024

    /// Bytes read from the socket at once; the most that libcurl allows.
    static let receiveBufferByteCount = 512 * 1024

    /// Bytes written to the socket at once; libcurl allows 16 KiB to 2 MiB.
    static let sendBufferByteCount = 512 * 1024

    /// Characters of a text that an error repeats.
    static let shownTextCountMax = 1_000

    /// How long the next piece of a body is waited for before the answer is looked at.
    static let bodyWait: Duration = .milliseconds(250)

    /// How long a connection may take to be made.
    static let connectMillisecondsMax = 30_000

    /// The longest time for a transfer, 24 days: who allows more allows any.
    static let timeoutMillisecondsMax = 2_147_483_647

    /// Idle handles kept for reuse, each with its connection.
    static let idleHandlesMax = 16

    /// Bytes that an answer may have where it is kept whole, unless the caller says more.
    static let wholeBodyByteCountMax = 64 * 1024 * 1024
}
