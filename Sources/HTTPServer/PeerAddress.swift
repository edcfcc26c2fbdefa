import CMicroHTTPD
import Glibc

/// The text form of a peer's address.
enum PeerAddress {
    /// Reads a socket address; IPv4 addresses inside IPv6 come out as IPv4.
    ///
    /// - Parameter address: as the system gave it; nil for a socket pair.
    /// - Returns: the text, and whether the socket is one of TCP.
    static func text(_ address: UnsafePointer<sockaddr>?) -> (text: String, isTCP: Bool) {
        guard let address = unsafe address else { return ("in-process", false) }
        switch unsafe Int32(address.pointee.sa_family) {
        case AF_INET:
            let offset = MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 0
            return (unsafe name(AF_INET, UnsafeRawPointer(address) + offset), true)
        case AF_INET6:
            let offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 0
            let text = unsafe name(AF_INET6, UnsafeRawPointer(address) + offset)
            return (text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text, true)
        case AF_UNIX:
            return ("unix", false)
        default:
            return ("in-process", false)
        }
    }

    private static func name(_ family: Int32, _ address: UnsafeRawPointer) -> String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let count = socklen_t(buffer.count)
        guard unsafe inet_ntop(family, address, &buffer, count) != nil else { return "unknown" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
