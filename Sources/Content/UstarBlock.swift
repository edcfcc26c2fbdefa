import Buffers

/// The 512 bytes of one ustar header. What does not fit is cut here and stands in a PAX header.
struct UstarBlock {
    let name: Bytes
    let type: Character
    let byteCount: UInt64
    var mode: UInt32 = 0o644
    var seconds: Int64 = 0
    var target: Bytes = .empty

    /// The largest size in 11 octal digits.
    static let byteCountMax: UInt64 = 0o777_7777_7777
    /// The latest time in 11 octal digits.
    static let secondsMax: Int64 = 0o777_7777_7777

    static func holds(name: Bytes) -> Bool { isASCII(name) && split(name) != nil }

    static func holds(target: Bytes) -> Bool { isASCII(target) && target.count <= 100 }

    func encode() -> Bytes {
        var block = [UInt8](repeating: 0, count: TarHeader.blockByteCount)
        let (prefix, rest) = Self.split(name) ?? (.empty, name.prefix(100))
        Self.put(rest, at: 0, in: &block)
        Self.put(octal: UInt64(mode), digits: 7, at: 100, in: &block)
        Self.put(octal: 0, digits: 7, at: 108, in: &block)
        Self.put(octal: 0, digits: 7, at: 116, in: &block)
        Self.put(octal: min(byteCount, Self.byteCountMax), digits: 11, at: 124, in: &block)
        let time = UInt64(max(0, min(seconds, Self.secondsMax)))
        Self.put(octal: time, digits: 11, at: 136, in: &block)
        Self.put(Bytes(utf8: String(type)), at: 156, in: &block)
        Self.put(target.prefix(100), at: 157, in: &block)
        Self.put(Bytes([0x75, 0x73, 0x74, 0x61, 0x72, 0x00, 0x30, 0x30]), at: 257, in: &block)
        Self.put(octal: 0, digits: 7, at: 329, in: &block)
        Self.put(octal: 0, digits: 7, at: 337, in: &block)
        Self.put(prefix, at: 345, in: &block)
        Self.putChecksum(in: &block)
        return Bytes(block)
    }

    /// Splits a name at a slash into at most 155 and at most 100 bytes; nil if there is no such
    /// slash. A name of up to 100 bytes needs none.
    private static func split(_ name: Bytes) -> (prefix: Bytes, rest: Bytes)? {
        if name.count <= 100 { return (.empty, name) }
        let firstSlash = name.count - 101
        guard firstSlash <= 155 else { return nil }
        for index in max(1, firstSlash)...155 where index < name.count - 1 {
            if name[index] == UInt8(ascii: "/") {
                return (name.prefix(index), name.dropFirst(index + 1))
            }
        }
        return nil
    }

    private static func isASCII(_ bytes: Bytes) -> Bool {
        bytes.array.allSatisfy { $0 != 0 && $0 < 0x80 }
    }

    private static func put(_ bytes: Bytes, at offset: Int, in block: inout [UInt8]) {
        for index in 0..<bytes.count { block[offset + index] = bytes[index] }
    }

    private static func put(
        octal value: UInt64, digits: Int, at offset: Int, in block: inout [UInt8]
    ) {
        for index in 0..<digits {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(3 * (digits - 1 - index))) & 7
            block[offset + index] = UInt8(ascii: "0") + digit
        }
    }

    /// The sum of all bytes with the field itself taken as blanks: six digits, NUL, blank.
    private static func putChecksum(in block: inout [UInt8]) {
        for index in 148..<156 { block[index] = UInt8(ascii: " ") }
        let sum = block.reduce(UInt64(0)) { $0 + UInt64($1) }
        put(octal: sum, digits: 6, at: 148, in: &block)
        block[154] = 0
    }
}
