import Buffers
import Multiformats

/// Writes the CBOR codecs.
struct CBORPrinter: ~Copyable {
    private var writer = ByteWriter(capacity: 256)
    /// Looked at before each value: the last one may go over it.
    private let byteCountMax: Int
    private let rules: CBORWalk.Rules

    private init(_ rules: CBORWalk.Rules, byteCountMax: Int) {
        self.rules = rules
        self.byteCountMax = byteCountMax
    }

    /// The bytes of one value.
    static func print(
        _ value: IPLDValue, _ rules: CBORWalk.Rules, byteCountMax: Int
    ) throws(IPLDError) -> Bytes {
        var printer = CBORPrinter(rules, byteCountMax: byteCountMax)
        try printer.append(value, depth: 0)
        return printer.writer.takeBytes()
    }

    private mutating func append(_ value: IPLDValue, depth: Int) throws(IPLDError) {
        guard writer.count <= byteCountMax else { throw .tooLongToWrite(byteCountMax) }
        switch value {
        case .null: writer.append(0xf6)
        case .bool(let isTrue): writer.append(isTrue ? 0xf5 : 0xf4)
        case .integer(let number): try append(number)
        case .float(let number):
            guard number.isFinite else {
                throw IPLDError(.form, "cbor: NaN and infinity are not supported")
            }
            writer.append(0xfb)
            writer.appendBigEndian(number.bitPattern)
        case .string(let text): append(text)
        case .bytes(let bytes):
            CBORHead(.bytes, UInt64(bytes.count)).write(to: &writer)
            writer.append(bytes)
        case .list(let list): try append(list, depth: depth + 1)
        case .map(let entries): try append(entries, depth: depth + 1)
        case .link(let cid):
            guard rules.allowsLinks else {
                throw IPLDError(.form, "cannot marshal IPLD links to this codec")
            }
            DagCBOR.write(link: cid, to: &writer)
        }
    }

    private mutating func append(_ number: Int128) throws(IPLDError) {
        guard IPLDValue.integerRange.contains(number) else {
            throw IPLDError(.form, "cbor: the integer \(number) has more than 64 bits")
        }
        if number >= 0 {
            CBORHead(.unsigned, UInt64(number)).write(to: &writer)
        } else {
            CBORHead(.negative, UInt64(-1 - number)).write(to: &writer)
        }
    }

    private mutating func append(_ text: String) {
        CBORHead(.text, UInt64(text.utf8.count)).write(to: &writer)
        writer.append(utf8: text)
    }

    private mutating func append(_ list: [IPLDValue], depth: Int) throws(IPLDError) {
        guard depth <= Limits.depthMax else { throw .tooDeep }
        CBORHead(.list, UInt64(list.count)).write(to: &writer)
        for value in list { try append(value, depth: depth) }
    }

    private mutating func append(
        _ entries: [IPLDValue.Entry], depth: Int
    ) throws(IPLDError) {
        guard depth <= Limits.depthMax else { throw .tooDeep }
        CBORHead(.map, UInt64(entries.count)).write(to: &writer)
        let ordered =
            rules.sortsKeys ? try KeyOrder.sorted(entries, by: KeyOrder.lengthFirst) : entries
        for entry in ordered {
            append(entry.key)
            try append(entry.value, depth: depth)
        }
    }
}
