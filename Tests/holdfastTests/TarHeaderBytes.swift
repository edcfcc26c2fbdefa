import Buffers

/// A header block of an archive as a stranger may write it, with a check sum that fits.
struct TarHeaderBytes {
    var name: Bytes
    var type: UInt8 = UInt8(ascii: "0")
    var link: Bytes = ""
    var size: Bytes = "00000000000"
    var mode: Bytes = "0000755"
    var time: Bytes = "00000000000"
    var prefix: Bytes = ""

    /// The 512 bytes.
    var encoded: Bytes {
        var header = [UInt8](repeating: 0, count: 512)
        func set(_ offset: Int, _ text: Bytes) {
            header.replaceSubrange(offset..<offset + text.count, with: text.array)
        }
        set(0, name)
        set(100, mode)
        set(124, size)
        set(136, time)
        set(148, "        ")
        header[156] = type
        set(157, link)
        set(257, "ustar\u{0}00")
        set(345, prefix)
        let sum = header.reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        set(148, Bytes(utf8: String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} "))
        return Bytes(header)
    }

    /// A PAX header with some records.
    static func pax(_ records: (key: String, value: Bytes)...) -> Bytes {
        var content = Bytes.empty
        for (key, value) in records {
            let rest = key.utf8.count + value.count + 3
            var length = rest + String(rest).utf8.count
            length = rest + String(length).utf8.count
            content = [content, Bytes(utf8: "\(length) \(key)="), value, "\n"]
                .joined(separator: .empty)
        }
        return pax(content: content)
    }

    /// A PAX header whose content need not be one.
    static func pax(content: Bytes) -> Bytes {
        let size = "0" + String(content.count, radix: 8)
        let header = TarHeaderBytes(name: "pax", type: UInt8(ascii: "x"), size: Bytes(utf8: size))
        let padding = [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
        return [header.encoded, content, Bytes(padding)].joined(separator: .empty)
    }
}
