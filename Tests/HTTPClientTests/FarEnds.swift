import Execution
import Glibc
import TestSupport

/// The other ends of the connections that a client makes within the process: each is served by a
/// thread of its own.
final class FarEnds: Sendable {
    private let threads = Locked<[Thread]>([])
    private let serve: @Sendable (RawConnection) -> Void

    /// Nobody is connected yet.
    ///
    /// - Parameter serve: called for each connection, which is closed behind it.
    init(_ serve: @escaping @Sendable (RawConnection) -> Void) { self.serve = serve }

    /// Makes a connection.
    ///
    /// - Returns: the client's end.
    func connect() -> Int32 {
        var pair: [Int32] = [-1, -1]
        unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
        let far = pair[1]
        let thread = Thread(name: "far-end") { [serve] in
            let connection = RawConnection(descriptor: far)
            serve(connection)
            connection.close()
        }
        threads.withLock { $0.append(thread) }
        return pair[0]
    }

    /// Waits until the connections have been served: the client must have gone.
    ///
    /// - Returns: how many there were.
    func join() -> Int {
        let made = threads.withLock { $0 }
        for thread in made { thread.join() }
        return made.count
    }
}
