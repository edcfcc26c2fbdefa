import CMicroHTTPD
import Glibc

/// Where a connection comes from.
struct PeerAddress: Equatable {
    /// For logs: an IP address, or `unix` or `in-process`. IPv4 inside IPv6 comes out as IPv4.
    let text: String

    /// Whether the socket is one of TCP.
    let isTCP: Bool

    /// What counts as one client: an IPv4 address, or the /64 of an IPv6 address, which is the
    /// smallest that a customer gets.
    let group: String

    /// The group in short, under the process's random seed: for comparing a thousand of them at once.
    let groupKey: Int

    /// Whether the peer is on this machine. A proxy stands there, which speaks for many.
    let isLocal: Bool

    /// Reads a socket address.
    ///
    /// - Parameter address: as the system gave it; nil for a socket pair.
    init(_ address: UnsafePointer<sockaddr>?) {
        let family = unsafe address.map { unsafe Int32($0.pointee.sa_family) } ?? AF_UNSPEC
        switch (family, unsafe address) {
        case (AF_INET, let address?):
            let offset = MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) ?? 0
            let bytes = unsafe UnsafeRawBufferPointer(
                start: UnsafeRawPointer(address) + offset, count: 4)
            self.init(internet: unsafe Array(bytes))
        case (AF_INET6, let address?):
            let offset = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) ?? 0
            let bytes = unsafe UnsafeRawBufferPointer(
                start: UnsafeRawPointer(address) + offset, count: 16)
            self.init(internet: unsafe Array(bytes))
        case (AF_UNIX, _):
            self.init(onThisMachine: "unix")
        default:
            self.init(onThisMachine: "in-process")
        }
    }

    /// A peer that has no IP address.
    init(onThisMachine text: String) {
        (self.text, group) = (text, text)
        groupKey = group.hashValue
        isTCP = false
        isLocal = true
    }

    /// A peer with an IP address.
    ///
    /// - Parameter bytes: 4 or 16 of them.
    init(internet bytes: [UInt8]) {
        let isMapped =
            bytes.count == 16 && bytes[..<10].allSatisfy { $0 == 0 }
            && bytes[10] == 0xFF && bytes[11] == 0xFF
        let bytes = isMapped ? Array(bytes[12...]) : bytes
        isTCP = true
        if bytes.count == 4 {
            text = Self.name(AF_INET, bytes)
            group = text
            isLocal = bytes[0] == 127
        } else {
            text = Self.name(AF_INET6, bytes)
            group = Self.name(AF_INET6, bytes.prefix(8) + [UInt8](repeating: 0, count: 8)) + "/64"
            isLocal = bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
        }
        groupKey = group.hashValue
    }

    private static func name(_ family: Int32, _ address: [UInt8]) -> String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let count = socklen_t(buffer.count)
        guard unsafe inet_ntop(family, address, &buffer, count) != nil else { return "unknown" }
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
