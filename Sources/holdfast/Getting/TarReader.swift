import Buffers
import Execution

/// Reads a tar archive (ustar with PAX headers) as it arrives.
struct TarReader {
    /// What the archive holds next.
    enum Event {
        case entry(TarEntry)
        /// Content of the entry before.
        case content(Bytes)
        /// The content of the entry is complete.
        case end
    }

    private enum State {
        case header
        case content(left: UInt64, padding: Int)
        case extended(left: UInt64, padding: Int, collected: [UInt8])
        case padding(left: Int)
        case finished
    }

    private var state = State.header
    private var block: [UInt8] = []
    private var extended: [String: String] = [:]

    /// Takes the next piece of the archive.
    ///
    /// - Parameters:
    ///   - piece: ends anywhere.
    ///   - onEvent: gets what the piece holds, in order.
    mutating func feed(_ piece: Bytes, _ onEvent: (Event) throws -> Void) throws {
        var rest = piece
        while !rest.isEmpty {
            switch state {
            case .header:
                let taken = rest.prefix(Self.blockByteCount - block.count)
                rest = rest.dropFirst(taken.count)
                block += taken.array
                guard block.count == Self.blockByteCount else { return }
                try header(onEvent)
                block.removeAll(keepingCapacity: true)
            case .content(let left, let padding):
                let taken = rest.prefix(Int(min(left, UInt64(rest.count))))
                rest = rest.dropFirst(taken.count)
                if !taken.isEmpty { try onEvent(.content(taken)) }
                let nowLeft = left - UInt64(taken.count)
                state = .content(left: nowLeft, padding: padding)
                if nowLeft == 0 { try endContent(padding, onEvent) }
            case .extended(let left, let padding, let collected):
                let taken = rest.prefix(Int(min(left, UInt64(rest.count))))
                rest = rest.dropFirst(taken.count)
                let nowLeft = left - UInt64(taken.count)
                let all = collected + taken.array
                state = .extended(left: nowLeft, padding: padding, collected: all)
                if nowLeft == 0 {
                    try readExtended(all)
                    state = padding == 0 ? .header : .padding(left: padding)
                }
            case .padding(let left):
                let taken = min(left, rest.count)
                rest = rest.dropFirst(taken)
                state = left == taken ? .header : .padding(left: left - taken)
            case .finished: return
            }
        }
    }

    /// Ends the archive.
    ///
    /// - Throws: if it was cut short.
    func finish() throws {
        switch state {
        case .finished: return
        case .header where block.isEmpty: return
        default: throw TarError("the archive ends too early")
        }
    }

    private mutating func endContent(_ padding: Int, _ onEvent: (Event) throws -> Void) throws {
        try onEvent(.end)
        state = padding == 0 ? .header : .padding(left: padding)
    }

    private mutating func header(_ onEvent: (Event) throws -> Void) throws {
        if block.allSatisfy({ $0 == 0 }) {
            state = .finished
            return
        }
        try checkSum()
        let size = try extended["size"].flatMap { UInt64($0) } ?? number(124, 12)
        let padding = Int((512 - size % 512) % 512)
        let type = block[156]
        if type == UInt8(ascii: "x") || type == UInt8(ascii: "g") {
            guard size <= Self.extendedByteCountMax else { throw TarError("a header is too large") }
            state = .extended(left: size, padding: padding, collected: [])
            return
        }
        let entry = TarEntry(
            kind: try kind(type), name: try name(), byteCount: size,
            mode: UInt32(truncatingIfNeeded: try number(100, 8) & 0o7777), modified: try time())
        extended = [:]
        try onEvent(.entry(entry))
        if size > 0 {
            state = .content(left: size, padding: padding)
        } else {
            try onEvent(.end)
        }
    }

    private func kind(_ type: UInt8) throws -> TarEntry.Kind {
        switch type {
        case 0, UInt8(ascii: "0"): .file
        case UInt8(ascii: "5"): .folder
        case UInt8(ascii: "2"): .link(target: extended["linkpath"] ?? text(157, 100))
        default: throw TarError("the archive has an entry of unknown type \(type)")
        }
    }

    private func name() throws -> String {
        if let path = extended["path"] { return path }
        let prefix = block[257..<262].elementsEqual("ustar".utf8) ? text(345, 155) : ""
        return prefix.isEmpty ? text(0, 100) : prefix + "/" + text(0, 100)
    }

    private func time() throws -> WallTime {
        guard let text = extended["mtime"] else {
            return WallTime(seconds: Int64(clamping: try number(136, 12)))
        }
        let parts = text.split(separator: ".", maxSplits: 1)
        let seconds = parts.first.flatMap { Int64($0) } ?? 0
        let digits = parts.count > 1 ? String(parts[1].prefix(9)) : ""
        let nanoseconds = UInt32(digits + String(repeating: "0", count: 9 - digits.count)) ?? 0
        // `-1.5` means one and a half seconds before: the fraction counts backwards.
        guard text.hasPrefix("-"), nanoseconds > 0 else {
            return WallTime(seconds: seconds, nanoseconds: nanoseconds)
        }
        return WallTime(seconds: seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds)
    }

    private func text(_ offset: Int, _ length: Int) -> String {
        String(decoding: block[offset..<offset + length].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Octal digits, or a big-endian number whose first bit is set.
    private func number(_ offset: Int, _ length: Int) throws -> UInt64 {
        let field = block[offset..<offset + length]
        if let first = field.first, first & 0x80 != 0 {
            // A negative number (times before 1970): the headers beside it say it in text.
            if first == 0xFF { return 0 }
            return field.dropFirst().suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
        }
        let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0 && $0 != 0x20 }
        guard !digits.isEmpty else { return 0 }
        guard let value = UInt64(String(decoding: digits, as: UTF8.self), radix: 8) else {
            throw TarError("a number in the archive is no number")
        }
        return value
    }

    /// The sum of the header's bytes, its own field read as blanks.
    private func checkSum() throws {
        let sum = block.enumerated().reduce(UInt64(0)) { sum, byte in
            sum + UInt64((148..<156).contains(byte.offset) ? 0x20 : byte.element)
        }
        guard try number(148, 8) == sum else { throw TarError("the archive is damaged") }
    }

    /// PAX records: `<length> <key>=<value>\n`.
    private mutating func readExtended(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let blank = rest.firstIndex(of: 0x20),
                let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
                length > blank - rest.startIndex + 1, length <= rest.count
            else { throw TarError("a header of the archive is damaged") }
            let record = rest[(blank + 1)..<(rest.startIndex + length - 1)]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else {
                throw TarError("a header of the archive is damaged")
            }
            extended[String(decoding: record[..<equals], as: UTF8.self)] =
                String(decoding: record[(equals + 1)...], as: UTF8.self)
            rest = rest.dropFirst(length)
        }
    }

    private static let blockByteCount = 512
    private static let extendedByteCountMax: UInt64 = 1 << 20
}
