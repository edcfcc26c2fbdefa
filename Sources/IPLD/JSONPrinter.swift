import Buffers
import Multiformats

/// Writes the JSON codecs, as go-ipld-prime does: dag-json in one line with sorted keys, json
/// indented by tabs with keys as they come.
struct JSONPrinter: ~Copyable {
    private var output: PrinterOutput
    private let isDagJSON: Bool

    private init(isDagJSON: Bool, byteCountMax: Int) {
        self.isDagJSON = isDagJSON
        output = PrinterOutput(byteCountMax: byteCountMax)
    }

    /// The text of one value, which is measured before there is memory for it.
    static func print(
        _ value: IPLDValue, isDagJSON: Bool, byteCountMax: Int
    ) throws(IPLDError) -> Bytes {
        var printer = JSONPrinter(isDagJSON: isDagJSON, byteCountMax: byteCountMax)
        try printer.append(all: value)
        try printer.output.beginWriting()
        try printer.append(all: value)
        return printer.output.takeBytes()
    }

    private mutating func append(all value: IPLDValue) throws(IPLDError) {
        try append(value, depth: 0)
        switch value {
        case .list, .map: breakLine(depth: 0)
        default: break
        }
    }

    private mutating func append(_ value: IPLDValue, depth: Int) throws(IPLDError) {
        try output.check()
        switch value {
        case .null: output.append(utf8: "null")
        case .bool(let isTrue): output.append(utf8: isTrue ? "true" : "false")
        case .integer(let number): output.append(utf8: String(number))
        case .float(let number): output.append(utf8: try JSONFloat.text(of: number))
        case .string(let text): output.append(json: text)
        case .bytes(let bytes): try append(bytes)
        case .list(let list): try append(list, depth: depth + 1)
        case .map(let entries): try append(entries, depth: depth + 1)
        case .link(let cid): try append(cid)
        }
    }

    private mutating func append(_ list: [IPLDValue], depth: Int) throws(IPLDError) {
        guard depth <= Limits.depthMax else { throw .tooDeep }
        output.append(UInt8(ascii: "["))
        for (index, value) in list.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            breakLine(depth: depth)
            try append(value, depth: depth)
        }
        breakLine(depth: depth - 1)
        output.append(UInt8(ascii: "]"))
    }

    private mutating func append(
        _ entries: [IPLDValue.Entry], depth: Int
    ) throws(IPLDError) {
        guard depth <= Limits.depthMax else { throw .tooDeep }
        // The length does not depend on it.
        let places =
            isDagJSON && !output.isCounting
            ? try KeyOrder.places(of: entries, by: KeyOrder.bytewise) : nil
        let isReserved = !entries.isEmpty && entries[Int(places?.first ?? 0)].key == "/"
        if isDagJSON, !output.isCounting, isReserved {
            throw IPLDError(.form, "dag-json: a map whose first key is \"/\" cannot be written")
        }
        output.append(UInt8(ascii: "{"))
        for index in entries.indices {
            let entry = entries[places.map { Int($0[index]) } ?? index]
            if index > 0 { output.append(UInt8(ascii: ",")) }
            breakLine(depth: depth)
            output.append(json: entry.key)
            output.append(UInt8(ascii: ":"))
            if !isDagJSON { output.append(UInt8(ascii: " ")) }
            try append(entry.value, depth: depth)
        }
        breakLine(depth: depth - 1)
        output.append(UInt8(ascii: "}"))
    }

    private mutating func breakLine(depth: Int) {
        guard !isDagJSON else { return }
        output.append(0x0a)
        output.append(0x09, count: depth)
    }

    private mutating func append(_ cid: CID) throws(IPLDError) {
        guard isDagJSON else {
            throw IPLDError(.form, "cannot marshal IPLD links to this codec")
        }
        output.append(utf8: "{\"/\":\"\(cid.text())\"}")
    }

    private mutating func append(_ bytes: Bytes) throws(IPLDError) {
        guard isDagJSON else {
            throw IPLDError(.form, "cannot marshal IPLD bytes to this codec")
        }
        output.append(utf8: "{\"/\":{\"bytes\":\"")
        output.append(base64: bytes)
        output.append(utf8: "\"}}")
    }
}
