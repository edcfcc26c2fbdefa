import Execution
import Glibc
import TestSupport

@testable import holdfast

/// A node that says what a test wants, byte by byte, whatever it is asked.
enum AnsweringNode {
    /// The way to it.
    ///
    /// - Parameter answer: called for each connection, which ends with it.
    static func client(_ answer: @escaping @Sendable (RawClient) -> Void) -> RPCClient {
        RPCClient(connectingBy: {
            var pair: [Int32] = [-1, -1]
            _ = unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
            let far = pair[1]
            _ = Thread(name: "answering-node") {
                let connection = RawClient(socket: far)
                _ = connection.read(until: "\r\n\r\n")
                answer(connection)
            }
            return pair[0]
        })
    }
}
