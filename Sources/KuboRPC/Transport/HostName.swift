import Buffers

/// The two parts of a `Host` field, which are bytes: text would be cut at other places.
struct HostName {
    /// In small letters, an IPv6 address in its brackets.
    let name: Bytes
    /// As it stands; nil without a port.
    let port: Bytes?

    /// Cuts a field at the last colon that is in no brackets.
    init(_ field: Bytes) {
        let colon = UInt8(ascii: ":")
        let bracket = field.lastIndex(of: UInt8(ascii: "]")) ?? 0
        let end: Int? =
            if bracket > 0 {
                field.dropFirst(bracket).firstIndex(of: colon).map { bracket + $0 }
            } else {
                field.lastIndex(of: colon)
            }
        name = Self.lowercased(field.prefix(end ?? field.count))
        port = end.map { field.dropFirst($0 + 1) }
    }

    /// Whether the name means this machine only.
    var isLoopback: Bool {
        if name.spells("localhost") || name.spells("[::1]") { return true }
        let parts = name.split(separator: UInt8(ascii: "."), keepsEmpty: true)
        return parts.count == 4 && parts[0].spells("127") && parts.allSatisfy(Self.isOctet)
    }

    /// Letters of ASCII made small; other bytes stay.
    static func lowercased(_ name: Bytes) -> Bytes {
        Bytes(name.array.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 })
    }

    /// One to three digits up to 255; a number's own parser takes signs as well.
    private static func isOctet(_ text: Bytes) -> Bool {
        guard (1...3).contains(text.count), text.array.allSatisfy({ (0x30...0x39).contains($0) })
        else { return false }
        return text.array.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 255
    }
}
