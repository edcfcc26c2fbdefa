import Buffers
import Multiformats

/// Writes the CBOR codecs.
struct CBORPrinter: ~Copyable {
    private var output: PrinterOutput
    private let rules: CBORWalk.Rules

    private init(_ rules: CBORWalk.Rules, byteCountMax: Int) {
        self.rules = rules
        output = PrinterOutput(byteCountMax: byteCountMax)
    }

    /// The bytes of one value, which is measured before there is memory for it.
    static func print(
        _ value: IPLDValue, _ rules: CBORWalk.Rules, byteCountMax: Int
    ) throws(IPLDError) -> Bytes {
        var printer = CBORPrinter(rules, byteCountMax: byteCountMax)
        try printer.append(value, depth: 0)
        try printer.output.beginWriting()
        try printer.append(value, depth: 0)
        return printer.output.takeBytes()
    }

    private mutating func append(_ value: IPLDValue, depth: Int) throws(IPLDError) {
        try output.check()
        switch value {
        case .null: output.append(0xf6)
        case .bool(let isTrue): output.append(isTrue ? 0xf5 : 0xf4)
        case .integer(let number): try append(number)
        case .float(let number):
            guard number.isFinite else {
                throw IPLDError(.form, "cbor: NaN and infinity are not supported")
            }
            output.append(0xfb)
            output.appendBigEndian(number.bitPattern)
        case .string(let text): append(text)
        case .bytes(let bytes):
            output.append(CBORHead(.bytes, UInt64(bytes.count)))
            output.append(bytes)
        case .list(let list): try append(list, depth: depth + 1)
        case .map(let entries): try append(entries, depth: depth + 1)
        case .link(let cid):
            guard rules.allowsLinks else {
                throw IPLDError(.form, "cannot marshal IPLD links to this codec")
            }
            output.append(cborLink: cid)
        }
    }

    private mutating func append(_ number: Int128) throws(IPLDError) {
        guard IPLDValue.integerRange.contains(number) else {
            throw IPLDError(.form, "cbor: the integer \(number) has more than 64 bits")
        }
        if number >= 0 {
            output.append(CBORHead(.unsigned, UInt64(number)))
        } else {
            output.append(CBORHead(.negative, UInt64(-1 - number)))
        }
    }

    private mutating func append(_ text: String) {
        output.append(CBORHead(.text, UInt64(text.utf8.count)))
        output.append(utf8: text)
    }

    private mutating func append(_ list: [IPLDValue], depth: Int) throws(IPLDError) {
        guard depth <= Limits.depthMax else { throw .tooDeep }
        output.append(CBORHead(.list, UInt64(list.count)))
        for value in list { try append(value, depth: depth) }
    }

    private mutating func append(
        _ entries: [IPLDValue.Entry], depth: Int
    ) throws(IPLDError) {
        guard depth <= Limits.depthMax else { throw .tooDeep }
        output.append(CBORHead(.map, UInt64(entries.count)))
        // The length does not depend on it.
        let places =
            rules.sortsKeys && !output.isCounting
            ? try KeyOrder.places(of: entries, by: KeyOrder.lengthFirst) : nil
        for index in entries.indices {
            let entry = entries[places.map { Int($0[index]) } ?? index]
            append(entry.key)
            try append(entry.value, depth: depth)
        }
    }
}
