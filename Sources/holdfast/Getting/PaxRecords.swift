import Buffers
import Execution

/// What a PAX header says about the entry behind it; what `get` has no use for is passed over.
///
/// - Spec: POSIX.1-2001, pax: `<length> <key>=<value>\n`, where the length counts itself.
struct PaxRecords: Sendable, Equatable {
    private(set) var path: Bytes?
    private(set) var linkTarget: Bytes?
    private(set) var byteCount: UInt64?
    private(set) var modified: WallTime?

    /// No records.
    init() {}

    /// Reads the content of a header.
    ///
    /// - Throws: for lengths that do not fit, and for numbers that are none.
    init(parsing bytes: Bytes) throws(TarError) {
        var rest = bytes
        while let blank = rest.firstIndex(of: UInt8(ascii: " ")) {
            guard let length = Self.decimal(rest.prefix(blank)), length <= UInt64(rest.count),
                length > UInt64(blank) + 1, rest[Int(length) - 1] == UInt8(ascii: "\n")
            else { throw Self.damaged }
            let record = rest[(blank + 1)..<(Int(length) - 1)]
            guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { throw Self.damaged }
            try take(record.prefix(equals), record.dropFirst(equals + 1))
            rest = rest.dropFirst(Int(length))
        }
        guard rest.isEmpty else { throw Self.damaged }
    }

    private mutating func take(_ key: Bytes, _ value: Bytes) throws(TarError) {
        if key == "path" {
            path = value.isEmpty ? nil : value
        } else if key == "linkpath" {
            linkTarget = value.isEmpty ? nil : value
        } else if key == "size" {
            guard let number = Self.decimal(value) else { throw Self.damaged }
            byteCount = number
        } else if key == "mtime" {
            guard let time = Self.time(value) else { throw Self.damaged }
            modified = time
        }
    }

    /// Digits and nothing else; nil for more than 64 bits hold.
    private static func decimal(_ text: Bytes) -> UInt64? {
        guard !text.isEmpty else { return nil }
        var number: UInt64 = 0
        for index in 0..<text.count {
            guard text[index] >= UInt8(ascii: "0"), text[index] <= UInt8(ascii: "9") else {
                return nil
            }
            let (tens, overflowsTens) = number.multipliedReportingOverflow(by: 10)
            let digit = UInt64(text[index] - UInt8(ascii: "0"))
            let (sum, overflows) = tens.addingReportingOverflow(digit)
            guard !overflowsTens, !overflows else { return nil }
            number = sum
        }
        return number
    }

    /// Seconds with a sign and a fraction, of which nine digits count.
    private static func time(_ text: Bytes) -> WallTime? {
        let isNegative = text.first == UInt8(ascii: "-")
        let number = isNegative ? text.dropFirst(1) : text
        let dot = number.firstIndex(of: UInt8(ascii: ".")) ?? number.count
        guard let whole = decimal(number.prefix(dot)),
            let seconds = Int64(exactly: isNegative ? -Int128(whole) : Int128(whole))
        else { return nil }
        var nanoseconds: UInt32 = 0
        var place: UInt32 = 100_000_000
        let digits = number.dropFirst(dot + 1)
        for index in 0..<digits.count {
            guard digits[index] >= UInt8(ascii: "0"), digits[index] <= UInt8(ascii: "9") else {
                return nil
            }
            nanoseconds += UInt32(digits[index] - UInt8(ascii: "0")) * place
            place /= 10
        }
        // `-1.5` means one and a half seconds before: the fraction counts backwards.
        guard isNegative, nanoseconds > 0 else {
            return WallTime(seconds: seconds, nanoseconds: nanoseconds)
        }
        guard seconds > .min else { return nil }
        return WallTime(seconds: seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds)
    }

    private static let damaged = TarError("a header of the archive is damaged")
}
