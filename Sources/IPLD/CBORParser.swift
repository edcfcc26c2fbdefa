import Buffers
import Multiformats

/// Reads the CBOR codecs; the rules say what more than well-formedness is asked for.
struct CBORParser {
    /// What a codec allows.
    struct Rules {
        /// Shortest numbers, 64-bit floats.
        var isCanonical = true
        /// Keys by length, then bytes, each once.
        var sortsKeys = true
        /// Tag 42.
        var allowsLinks = true

        static let canonical = Rules()
        static let reading = Rules(isCanonical: false, sortsKeys: false)
        static let plain = Rules(isCanonical: false, sortsKeys: false, allowsLinks: false)
    }

    private var reader: ByteReader
    private let rules: Rules

    init(_ bytes: Bytes, _ rules: Rules) {
        reader = ByteReader(bytes)
        self.rules = rules
    }

    /// Reads one value that takes all of the bytes.
    mutating func parse() throws(IPLDError) -> IPLDValue {
        let value = try parseValue(depth: 0)
        guard reader.isAtEnd else { throw .cbor("unexpected content after end of cbor object") }
        return value
    }

    private mutating func parseValue(depth: Int) throws(IPLDError) -> IPLDValue {
        let head = try CBORHead(reading: &reader)
        if rules.isCanonical, head.major != .simple, !head.isShortest {
            throw .cbor("a number or length is longer than it must be")
        }
        switch head.major {
        case .unsigned: return .integer(Int128(head.number))
        case .negative: return .integer(-1 - Int128(head.number))
        case .bytes: return .bytes(try readBytes(head.number))
        case .text: return .string(try readText(head.number))
        case .list: return try parseList(count: head.number, depth: depth + 1)
        case .map: return try parseMap(count: head.number, depth: depth + 1)
        case .tag: return .link(try parseLink(tag: head.number))
        case .simple: return try parseSimple(head)
        }
    }

    private mutating func parseList(count: UInt64, depth: Int) throws(IPLDError) -> IPLDValue {
        guard depth <= Limits.depthMax else { throw .tooDeep }
        guard count <= UInt64(reader.remaining) else { throw .cborCutOff }
        var list: [IPLDValue] = []
        list.reserveCapacity(Int(count))
        for _ in 0..<count { list.append(try parseValue(depth: depth)) }
        return .list(list)
    }

    private mutating func parseMap(count: UInt64, depth: Int) throws(IPLDError) -> IPLDValue {
        guard depth <= Limits.depthMax else { throw .tooDeep }
        guard count <= UInt64(reader.remaining) / 2 else { throw .cborCutOff }
        var entries: [IPLDValue.Entry] = []
        entries.reserveCapacity(Int(count))
        for _ in 0..<count {
            let key = try parseKey()
            if rules.sortsKeys, let last = entries.last {
                try Self.check(key, follows: last.key, among: entries)
            }
            entries.append(IPLDValue.Entry(key: key, value: try parseValue(depth: depth)))
        }
        return .map(entries)
    }

    private mutating func parseKey() throws(IPLDError) -> String {
        let head = try CBORHead(reading: &reader)
        guard head.major == .text else { throw .cbor("a map key is no text") }
        guard head.isShortest || !rules.isCanonical else {
            throw .cbor("a number or length is longer than it must be")
        }
        return try readText(head.number)
    }

    private static func check(
        _ key: String, follows last: String, among entries: [IPLDValue.Entry]
    ) throws(IPLDError) {
        guard !KeyOrder.lengthFirst(last, key) else { return }
        guard !entries.contains(where: { KeyOrder.isSame($0.key, key) }) else {
            throw .cbor("repeated map key \"\(key)\"")
        }
        throw .cbor("map key \"\(key)\" is out of order")
    }

    private mutating func parseLink(tag: UInt64) throws(IPLDError) -> CID {
        guard tag == 42, rules.allowsLinks else { throw .cbor("unhandled cbor tag \(tag)") }
        let head = try CBORHead(reading: &reader)
        guard head.major == .bytes, head.isShortest || !rules.isCanonical else {
            throw .cbor("a link is no byte string")
        }
        return try DagCBOR.cid(inLink: try readBytes(head.number))
    }

    private func simple(_ number: UInt64) throws(IPLDError) -> IPLDValue {
        switch number {
        case 20: return .bool(false)
        case 21: return .bool(true)
        case 22: return .null
        default: throw .cbor("simple value \(number) is not supported")
        }
    }

    private func parseSimple(_ head: CBORHead) throws(IPLDError) -> IPLDValue {
        let value: Double
        switch head.info {
        case 27: value = Double(bitPattern: head.number)
        case 26 where !rules.isCanonical:
            value = Double(Float(bitPattern: UInt32(truncatingIfNeeded: head.number)))
        case 25 where !rules.isCanonical:
            value = Self.half(UInt16(truncatingIfNeeded: head.number))
        case 25, 26: throw .cbor("a float has fewer than 64 bits")
        case 24: throw .cbor("simple value \(head.number) is not supported")
        default: return try simple(head.number)
        }
        guard value.isFinite else { throw .cbor("NaN and infinity are not supported") }
        return .float(value)
    }

    /// A float of 16 bits; Swift's own `Float16` is not available on every processor.
    private static func half(_ bits: UInt16) -> Double {
        let exponent = Int(bits >> 10) & 0x1f
        let fraction = Double(bits & 0x3ff) / 1024
        let size: Double =
            switch exponent {
            case 0: fraction * 0x1p-14
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
            }
        return bits & 0x8000 == 0 ? size : -size
    }

    private mutating func readBytes(_ count: UInt64) throws(IPLDError) -> Bytes {
        do {
            return try reader.read(count)
        } catch {
            throw .cborCutOff
        }
    }

    private mutating func readText(_ count: UInt64) throws(IPLDError) -> String {
        guard let text = try readBytes(count).utf8Text else { throw .cbor("a text is not UTF-8") }
        return text
    }
}
