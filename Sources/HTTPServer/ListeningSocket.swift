import CMicroHTTPD
import Glibc

/// Opens listening sockets: libmicrohttpd is given a socket that is ready.
enum ListeningSocket {
    /// Opens what an address asks for.
    ///
    /// - Returns: a listening socket without blocking and closed on exec; -1 for in-process.
    /// - Throws: `HTTPServerError` that says what to do.
    static func open(_ address: ListenerAddress) throws(HTTPServerError) -> Int32 {
        let socket =
            switch address {
            case .tcp(let host, let port): try openTCP(host, port)
            case .unix(let path): try UnixSocket.open(path)
            case .inherited(let descriptor): try checkInherited(descriptor)
            case .inProcess: Int32(-1)
            }
        // For the sockets that are accepted too: the system would take an urgent byte out from among the
        // others, and count what has come only as far as its place.
        set(SO_OOBINLINE, to: 1, on: socket)
        lookForPeers(on: socket)
        return socket
    }

    /// For the sockets that are accepted: has the system ask a peer from which nothing comes whether it is
    /// there. One whose network has gone would otherwise be worked for until the end of its request's time.
    /// While something is on its way to it, the system's own repetitions end the connection instead.
    private static func lookForPeers(on socket: Int32) {
        set(SO_KEEPALIVE, to: 1, on: socket)
        let seconds = Int32(Limits.peerLookPeriod.components.seconds)
        set(TCP_KEEPIDLE, of: Int32(IPPROTO_TCP), to: 3 * seconds, on: socket)
        set(TCP_KEEPINTVL, of: Int32(IPPROTO_TCP), to: seconds, on: socket)
        set(TCP_KEEPCNT, of: Int32(IPPROTO_TCP), to: Limits.peerLookCountMax, on: socket)
    }

    private static func set(
        _ option: Int32, of level: Int32 = SOL_SOCKET, to value: Int32, on socket: Int32
    ) {
        var value = value
        unsafe setsockopt(
            socket, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The port of a TCP socket; nil for others.
    static func port(of socket: Int32) -> UInt16? {
        var address = sockaddr_in6()
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(socket, $0, &length)
            }
        }
        let family = Int32(address.sin6_family)
        guard result == 0, family == AF_INET || family == AF_INET6 else { return nil }
        // The port stands at the same place in both kinds of address.
        return UInt16(bigEndian: address.sin6_port)
    }

    /// What tells a socket apart from all others that are open; nil for a closed one.
    static func inode(of socket: Int32) -> UInt64? {
        var status = stat()
        guard unsafe fstat(socket, &status) == 0 else { return nil }
        return UInt64(status.st_ino)
    }

    private static func openTCP(_ host: String, _ port: UInt16) throws(HTTPServerError) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let name = host == "localhost" ? "127.0.0.1" : host
        guard unsafe getaddrinfo(name, String(port), &hints, &list) == 0, let entry = unsafe list
        else {
            throw HTTPServerError(
                code: .badAddress,
                message: "\"\(host)\" is no IP address: give one of this machine's, such as "
                    + "127.0.0.1, or 0.0.0.0 for all")
        }
        defer { unsafe freeaddrinfo(list) }
        let descriptor = try make(unsafe entry.pointee.ai_family)
        set(SO_REUSEADDR, to: 1, on: descriptor)
        guard unsafe bind(descriptor, entry.pointee.ai_addr, entry.pointee.ai_addrlen) == 0 else {
            let code = errno
            close(descriptor)
            throw bindError(code, host: host, port: port)
        }
        return try listening(descriptor)
    }

    private static func bindError(_ code: Int32, host: String, port: UInt16) -> HTTPServerError {
        switch code {
        case EADDRINUSE:
            HTTPServerError(
                code: .addressInUse,
                message: "port \(port) on \(host) is in use by another process: stop it "
                    + "(`ss -ltnp 'sport = :\(port)'` shows which one), or choose another port")
        case EADDRNOTAVAIL:
            HTTPServerError(
                code: .badAddress,
                message: "\(host) is not an address of this machine: `ip addr` lists them")
        case EACCES:
            HTTPServerError(
                code: .permissionDenied,
                message: "port \(port) needs a privilege that this user does not have: choose one "
                    + "above 1023, or grant CAP_NET_BIND_SERVICE")
        default:
            system("listen on \(host) port \(port)", code)
        }
    }

    private static func checkInherited(_ descriptor: Int32) throws(HTTPServerError) -> Int32 {
        var isListening: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        let result = unsafe getsockopt(
            descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &length)
        guard result == 0, isListening == 1 else {
            throw HTTPServerError(
                code: .badAddress,
                message: "descriptor \(descriptor) is not a listening socket: check how the parent "
                    + "process hands it over (systemd: the first one is 3)")
        }
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        return descriptor
    }

    /// A stream socket that nothing is known of yet.
    static func make(_ family: Int32) throws(HTTPServerError) -> Int32 {
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let descriptor = socket(family, Int32(kind), 0)
        guard descriptor >= 0 else { throw system("make a socket", errno) }
        return descriptor
    }

    /// Has a socket listen that has an address; closes it where it cannot.
    static func listening(_ descriptor: Int32) throws(HTTPServerError) -> Int32 {
        guard listen(descriptor, SOMAXCONN) == 0 else {
            let code = errno
            close(descriptor)
            if code == EADDRINUSE {
                throw HTTPServerError(
                    code: .addressInUse, message: "the port is in use by another process")
            }
            throw system("listen", code)
        }
        return descriptor
    }

    static func system(_ what: String, _ code: Int32) -> HTTPServerError {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return HTTPServerError(code: .system, message: "cannot \(what): \(reason)")
    }
}
