import Buffers
import HTTP

/// A short answer to a peer whose connection is ended before its request was answered.
struct LastWords {
    let status: Status
    /// The whole answer.
    let bytes: Bytes

    private init(_ status: Status, _ fields: String = "") {
        self.status = status
        bytes = Bytes(
            utf8: "HTTP/1.1 \(status)\r\n\(fields)Content-Length: 0\r\n"
                + "Connection: close\r\n\r\n")
    }

    /// Its place is needed: it is to come again.
    static let refusal = LastWords(.serviceUnavailable, "Retry-After: 1\r\n")
    /// Its body has come too late.
    static let lateness = LastWords(.requestTimeout)
}
