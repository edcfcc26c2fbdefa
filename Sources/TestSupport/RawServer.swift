import Buffers
import Execution
import Glibc

/// A server that says what a test wants, byte by byte: one connection after the other, on a thread
/// of its own.
///
/// `@unchecked Sendable` because the descriptors never change and the thread is joined once.
package final class RawServer: @unchecked Sendable {
    /// Zero for a Unix socket.
    package let port: UInt16
    private let descriptor: Int32
    private let stopper: Int32
    private let thread: Thread
    private let seen = Locked<[[UInt8]]>([])

    /// Starts to listen on the loopback address.
    ///
    /// - Parameter answer: called for each connection.
    package convenience init(_ answer: @escaping @Sendable (RawConnection) -> Void) throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe bind(descriptor, general, length) == 0
                    && getsockname(descriptor, general, &length) == 0
            }
        }
        guard isBound else { throw RawServerError.noAddress }
        try self.init(descriptor, port: UInt16(bigEndian: address.sin_port), answer)
    }

    /// Starts to listen on a Unix socket.
    ///
    /// - Parameters:
    ///   - path: must not exist.
    ///   - answer: called for each connection.
    package convenience init(
        path: String, _ answer: @escaping @Sendable (RawConnection) -> Void
    ) throws {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) {
            unsafe $0.copyBytes(from: path.utf8)
        }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let isBound = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                unsafe bind(descriptor, general, length) == 0
            }
        }
        guard isBound else { throw RawServerError.noAddress }
        try self.init(descriptor, port: 0, answer)
    }

    private init(
        _ descriptor: Int32, port: UInt16, _ answer: @escaping @Sendable (RawConnection) -> Void
    ) throws {
        guard listen(descriptor, 16) == 0 else { throw RawServerError.noAddress }
        self.descriptor = descriptor
        self.port = port
        var pair: [Int32] = [-1, -1]
        unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair)
        stopper = pair[0]
        let stopped = pair[1]
        let seen = seen
        thread = Thread(name: "raw-server") {
            while let accepted = Self.accept(descriptor, unless: stopped) {
                let connection = RawConnection(descriptor: accepted)
                answer(connection)
                connection.close()
                seen.withLock { $0.append(connection.received) }
            }
            close(stopped)
        }
    }

    /// The next connection; nil when there is none left and `stop` was called.
    private static func accept(_ descriptor: Int32, unless stopped: Int32) -> Int32? {
        var waits = [
            pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stopped, events: Int16(POLLIN), revents: 0),
        ]
        guard unsafe poll(&waits, 2, -1) > 0, waits[0].revents != 0 else { return nil }
        let accepted = Glibc.accept(descriptor, nil, nil)
        return accepted >= 0 ? accepted : nil
    }

    /// Ends the thread and gives back what each connection had sent.
    package func stop() -> [String] {
        shutdown(stopper, Int32(SHUT_WR))
        thread.join()
        close(descriptor)
        close(stopper)
        return seen.withLock { $0.map { String(decoding: $0, as: UTF8.self) } }
    }
}

/// Why a `RawServer` did not start.
package enum RawServerError: Error {
    /// The system gives it no address, or does not let it listen.
    case noAddress
}

/// One connection of a `RawServer`.
package final class RawConnection {
    private let descriptor: Int32

    /// Everything that was read so far.
    package private(set) var received: [UInt8] = []

    private var isOpen = true

    /// Takes over a connected socket.
    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Reads until the end of a head; false if the other side has closed.
    @discardableResult
    package func readHead() -> Bool { read { $0.suffix(4) == [13, 10, 13, 10] } }

    /// Reads until a text has come at the end.
    @discardableResult
    package func read(until text: String) -> Bool {
        let end = Array(text.utf8)
        return read { $0.suffix(end.count) == end[...] }
    }

    /// Reads until the other side has closed.
    package func readToEnd() { _ = read { _ in false } }

    /// Reads bytes without keeping them.
    package func skip(_ count: Int) -> Bool {
        var rest = count
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while rest > 0 {
            let more = unsafe recv(descriptor, &buffer, min(rest, buffer.count), 0)
            guard more > 0 else { return false }
            rest -= more
        }
        return true
    }

    /// Writes a text.
    package func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes bytes; those that nobody takes any more are dropped.
    package func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    /// Closes it; again is harmless.
    package func close() {
        guard isOpen else { return }
        isOpen = false
        _ = Glibc.close(descriptor)
    }

    private func read(_ isEnough: ([UInt8]) -> Bool) -> Bool {
        let start = received.count
        var byte: UInt8 = 0
        while unsafe recv(descriptor, &byte, 1, 0) == 1 {
            received.append(byte)
            if isEnough(Array(received[start...].suffix(64))) { return true }
        }
        return false
    }
}
