import Glibc

/// A client that sends exactly the bytes that a test wants, and reads whatever comes.
package final class RawClient {
    /// The descriptor.
    package let socket: Int32

    /// Connects to a port of this machine.
    package init(port: UInt16) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        unsafe Self.call(connect, socket, 0x7F00_0001, port)
        limitWaiting()
    }

    /// Connects to a port of this machine from another of its addresses, 127.0.0.`last`.
    ///
    /// - Parameters:
    ///   - last: the last number of the address, 1 to 254.
    ///   - patience: seconds after which a call that gets nothing gives up.
    ///   - receiveByteCount: what the system may hold of what is not read yet; nil leaves it alone.
    package init(port: UInt16, from last: UInt8, patience: Int, receiveByteCount: Int32? = nil) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var count = receiveByteCount {
            let size = socklen_t(MemoryLayout<Int32>.size)
            unsafe setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &count, size)
        }
        limitWaiting(seconds: patience)
        unsafe Self.call(bind, socket, 0x7F00_0000 | UInt32(last), 0)
        unsafe Self.call(connect, socket, 0x7F00_0001, port)
    }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ socket: Int32,
        _ host: UInt32, _ port: UInt16
    ) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = host.bigEndian
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe function(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Takes over a connected socket.
    package init(socket: Int32) {
        self.socket = socket
        limitWaiting()
    }

    deinit { close(socket) }

    /// Sends a text; errors show in what is read later.
    @discardableResult
    package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends bytes.
    @discardableResult
    package func send(_ bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes[offset...].withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            offset += count
        }
        return true
    }

    /// Ends the writing side.
    package func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

    /// Reads once; empty at the end of the connection or after half a minute of silence.
    ///
    /// - Parameter limit: most bytes that are read.
    package func readSome(upTo limit: Int = 64 * 1_024) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = unsafe recv(socket, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    /// Reads until the server closes.
    package func readAll() -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = readSome()
            if piece.isEmpty { return all }
            all += piece
        }
    }

    /// Reads until the connection ends.
    ///
    /// - Returns: whether that was by a reset: nobody can take what came for all of it.
    package func endsInReset() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 * 1_024)
        var count = 1
        while count > 0 { count = unsafe recv(socket, &buffer, buffer.count, 0) }
        return count < 0 && errno == ECONNRESET
    }

    /// Reads text until the server closes.
    package func readToEnd() -> String { String(decoding: readAll(), as: UTF8.self) }

    /// Reads until what was read ends in a text, or the server closes.
    package func read(until end: String) -> String {
        var all: [UInt8] = []
        while !all.suffix(end.utf8.count).elementsEqual(end.utf8) {
            let piece = readSome()
            if piece.isEmpty { break }
            all += piece
        }
        return String(decoding: all, as: UTF8.self)
    }

    /// Sends a request and reads to the end of the connection.
    package func exchange(_ request: String) -> String {
        send(request)
        return readToEnd()
    }

    private func limitWaiting(seconds: Int = 30) {
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(
                socket, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }
}

extension RawClient {
    /// Connects to a Unix socket; nil if nobody listens there.
    package convenience init?(unixSocketAt path: String) {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard unsafe Self.call(connect, socket, path) == 0 else {
            close(socket)
            return nil
        }
        self.init(socket: socket)
    }

    /// Leaves a socket file behind that nobody listens on.
    package convenience init(abandoningUnixSocketAt path: String) throws {
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        _ = unsafe Self.call(bind, socket, path)
        self.init(socket: socket)
    }

    private static func call(
        _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32, _ socket: Int32,
        _ path: String
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: Array(path.utf8))
        }
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe function(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
