/// What a listener is to do, and its limits.
package struct ListenerOptions: Sendable {
    /// What logs, metrics and `status` call it.
    package var name: String

    /// Where it waits.
    package var address: ListenerAddress

    /// Connections at once. One more takes the place of one that nobody would miss
    /// (`ConnectionLimits`); where there is none, it is closed itself.
    package var connectionsMax = 1_024

    /// Connections at once from one client: an IPv4 address, or the /64 of an IPv6 address. Not for
    /// loopback addresses, Unix sockets and connections within the process: a proxy stands there.
    package var connectionsPerClientMax = 256

    /// How long the header section of a request may take.
    package var headerTimeout: Duration = .seconds(10)

    /// How long a connection may stay without a request.
    package var idleTimeout: Duration = .seconds(60)

    /// How long a whole exchange may take.
    package var exchangeTimeout: Duration = .seconds(3_600)

    /// Memory of one connection inside libmicrohttpd: its header section and its I/O buffers.
    ///
    /// All of it is cleared after each request, and then takes memory while the connection waits.
    /// Above 32 KiB libmicrohttpd maps it by itself, so that it goes back to the system when the
    /// connection ends; 1,000 connections with 32 KiB left 36 MiB behind in the heap.
    package var connectionMemoryByteCount = 36 * 1_024

    /// Bytes of one request body; larger ones are answered with 413. A handler may set less.
    package var bodyByteCountMax: UInt64 = .max

    /// The lowest rate at which a body may move, either way, in bytes a second, averaged over
    /// `progressWindow`. Zero for none.
    package var progressRateMin = 1_024

    /// Over how long the rate is averaged.
    package var progressWindow: Duration = .seconds(30)

    /// Bytes of the request target; longer ones are answered with 414.
    package var targetByteCountMax = 8 * 1_024

    /// Bytes of the header section without the request target; larger ones are answered with 431.
    /// Together with the target it has to fit into a connection's memory, with 64 bytes for each
    /// field.
    package var headerByteCountMax = 16 * 1_024

    /// Gets one record for each exchange, on the connection's thread, after the last byte.
    package var accessLog: (@Sendable (AccessRecord) -> Void)?

    /// Gets the text of errors that no client may see, such as what a handler threw.
    package var errorLog: (@Sendable (String) -> Void)?

    /// The default limits.
    ///
    /// - Parameters:
    ///   - name: what logs and metrics call it.
    ///   - address: where it waits.
    package init(name: String, address: ListenerAddress) {
        self.name = name
        self.address = address
    }
}
