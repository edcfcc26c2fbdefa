package import Execution

/// One HTTP/1.1 listener: accepts connections and hands their requests to a handler, one thread per
/// connection.
package final class Listener: Sendable {
    /// What it was made with.
    package let options: ListenerOptions

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - options: where, and the limits.
    ///   - handler: decides about each request.
    /// - Throws: a message that says what to do when the address cannot be had.
    package init(_ options: ListenerOptions, handler: @escaping Handler) throws(HTTPServerError) {
        self.options = options
        fatalError("not built yet")
    }

    /// The port, also when the options asked for any free one; nil without TCP.
    package var port: UInt16? { fatalError("not built yet") }

    /// The counts since the start.
    package var statistics: ListenerStatistics { fatalError("not built yet") }

    /// Takes over a connected stream socket as a connection of its own.
    ///
    /// - Parameter socket: belongs to the listener from now on.
    /// - Throws: when there are too many connections already, or the listener has stopped; the
    ///   socket is closed then.
    package func adopt(socket: Int32) throws(HTTPServerError) { fatalError("not built yet") }

    /// Makes a connection from within the process.
    ///
    /// - Returns: the client's end of a socket pair; the caller closes it.
    package func connect() throws(HTTPServerError) -> Int32 { fatalError("not built yet") }

    /// Takes no more connections, waits for running exchanges, then stops.
    ///
    /// - Parameter deadline: exchanges that run longer are broken off.
    package func drain(by deadline: Deadline) { fatalError("not built yet") }

    /// Breaks all connections off and returns when their threads have ended.
    package func stop() { fatalError("not built yet") }
}
