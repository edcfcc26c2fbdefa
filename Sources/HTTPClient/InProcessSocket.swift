import Glibc

/// A connected socket under the number that libcurl believes to have connected itself.
///
/// libcurl 7.88 calls `connect` even where it was told that the socket is connected already
/// (curl/curl#10626). So it gets a datagram socket, whose `connect` always works and sends nothing;
/// just before the first byte of the request the real socket takes its place.
struct InProcessSocket: ~Copyable {
    /// What libcurl has, and closes.
    let placeholder: Int32

    private let connected: Int32

    /// Nil when the system has no socket left; `connected` is closed then.
    init?(_ connected: Int32) {
        placeholder = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        self.connected = connected
        guard placeholder >= 0 else { return nil }
    }

    deinit { close(connected) }

    /// Puts the real socket under the placeholder's number.
    consuming func takePlace() -> Bool {
        fcntl(connected, F_SETFL, fcntl(connected, F_GETFL) | O_NONBLOCK) == 0
            && dup2(connected, placeholder) >= 0
            && fcntl(placeholder, F_SETFD, FD_CLOEXEC) == 0
    }
}
