/// What the field `Range` means for a representation of a known size.
///
/// - Spec: RFC 9110, 14; IPFS Path Gateway, "`Range` (request header)".
package enum RangeDecision: Sendable, Equatable {
    /// 200: there is no range, or it does not count.
    case whole

    /// 206 with the first of these runs; all of them, in the client's order, for an answer of
    /// several parts.
    case partial([ByteRange])

    /// 416.
    case unsatisfiable

    /// 400.
    case malformed

    /// Decides.
    ///
    /// - Parameters:
    ///   - field: the value of `Range`; nil without one.
    ///   - size: bytes of the whole representation.
    package init(_ field: String?, size: UInt64) {
        guard let field else {
            self = .whole
            return
        }
        let text = field.trimmingBlanks
        let equals = text.utf8.firstIndex(of: UInt8(ascii: "="))
        guard text[..<(equals ?? text.endIndex)].trimmingBlanks.equalsIgnoringASCIICase("bytes")
        else {
            self = .whole
            return
        }
        guard let equals, let specs = Self.specs(in: text[text.utf8.index(after: equals)...])
        else {
            self = .malformed
            return
        }
        self = Self.decide(specs, size: size)
    }

    /// One element of the list, before the size is known.
    private enum Spec {
        case from(UInt64, through: UInt64?)
        case last(UInt64)
    }

    private static func decide(_ specs: [Spec], size: UInt64) -> RangeDecision {
        if specs.isEmpty || size == 0 { return .whole }
        let ranges = specs.compactMap { range(for: $0, size: size) }
        if ranges.isEmpty { return .unsatisfiable }
        var sum: UInt64 = 0
        for range in ranges {
            // A hostile file may claim a size of nearly 2^64, and the sum of two ranges is more.
            let (next, hasOverflowed) = sum.addingReportingOverflow(range.count)
            if hasOverflowed || next > size { return .whole }
            sum = next
        }
        return .partial(ranges)
    }

    private static func range(for spec: Spec, size: UInt64) -> ByteRange? {
        switch spec {
        case .last(let count):
            guard count > 0 else { return nil }
            let kept = min(count, size)
            return ByteRange(offset: size - kept, count: kept)
        case .from(let first, let last):
            guard first < size else { return nil }
            let end = min(last ?? size - 1, size - 1)
            return ByteRange(offset: first, count: end - first + 1)
        }
    }

    /// All elements, or nil if one of them does not parse.
    private static func specs(in list: Substring) -> [Spec]? {
        var specs: [Spec] = []
        for element in list.utf8.split(separator: UInt8(ascii: ",")) {
            let text = Substring(element).trimmingBlanks
            if text.isEmpty { continue }
            guard let spec = spec(text) else { return nil }
            specs.append(spec)
        }
        return specs
    }

    private static func spec(_ text: Substring) -> Spec? {
        guard let dash = text.utf8.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let first = text[..<dash].trimmingBlanks
        let last = text[text.utf8.index(after: dash)...].trimmingBlanks
        if first.isEmpty { return number(last).map { .last($0) } }
        guard let start = number(first) else { return nil }
        if last.isEmpty { return .from(start, through: nil) }
        guard let end = number(last), end >= start else { return nil }
        return .from(start, through: end)
    }

    /// A decimal number; one that is too large for 64 bits lies behind every end anyway.
    private static func number(_ text: Substring) -> UInt64? {
        guard !text.isEmpty else { return nil }
        var value: UInt64 = 0
        for byte in text.utf8 {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowOfSum) = product.addingReportingOverflow(
                UInt64(byte - UInt8(ascii: "0")))
            value = overflow || overflowOfSum ? .max : sum
        }
        return value
    }
}
