import Buffers
import Multiformats

/// Writes the JSON codecs, as go-ipld-prime does: dag-json in one line with sorted keys, json
/// indented by tabs with keys as they come.
struct JSONPrinter: ~Copyable {
    private var writer = ByteWriter(capacity: 256)
    /// Looked at before each value: the last one may go over it.
    private let byteCountMax: Int
    private let isDagJSON: Bool

    private init(isDagJSON: Bool, byteCountMax: Int) {
        self.isDagJSON = isDagJSON
        self.byteCountMax = byteCountMax
    }

    /// The text of one value.
    static func print(
        _ value: IPLDValue, isDagJSON: Bool, byteCountMax: Int
    ) throws(IPLDError) -> Bytes {
        var printer = JSONPrinter(isDagJSON: isDagJSON, byteCountMax: byteCountMax)
        try printer.append(value, depth: 0)
        switch value {
        case .list, .map: printer.breakLine(depth: 0)
        default: break
        }
        return printer.writer.takeBytes()
    }

    private mutating func append(_ value: IPLDValue, depth: Int) throws(IPLDError) {
        guard writer.count <= byteCountMax else { throw .tooLongToWrite(byteCountMax) }
        switch value {
        case .null: writer.append(utf8: "null")
        case .bool(let isTrue): writer.append(utf8: isTrue ? "true" : "false")
        case .integer(let number): writer.append(utf8: String(number))
        case .float(let number): writer.append(utf8: try JSONFloat.text(of: number))
        case .string(let text): JSONText.write(text, .ipld, to: &writer)
        case .bytes(let bytes): try append(bytes)
        case .list(let list): try append(list, depth: depth + 1)
        case .map(let entries): try append(entries, depth: depth + 1)
        case .link(let cid): try append(cid)
        }
    }

    private mutating func append(_ list: [IPLDValue], depth: Int) throws(IPLDError) {
        guard depth <= Limits.depthMax else { throw .tooDeep }
        writer.append(UInt8(ascii: "["))
        for (index, value) in list.enumerated() {
            if index > 0 { writer.append(UInt8(ascii: ",")) }
            breakLine(depth: depth)
            try append(value, depth: depth)
        }
        breakLine(depth: depth - 1)
        writer.append(UInt8(ascii: "]"))
    }

    private mutating func append(
        _ entries: [IPLDValue.Entry], depth: Int
    ) throws(IPLDError) {
        guard depth <= Limits.depthMax else { throw .tooDeep }
        let ordered =
            isDagJSON ? try KeyOrder.sorted(entries, by: KeyOrder.bytewise) : entries
        if isDagJSON, let first = ordered.first?.key, first == "/" {
            throw IPLDError(.form, "dag-json: a map whose first key is \"/\" cannot be written")
        }
        writer.append(UInt8(ascii: "{"))
        for (index, entry) in ordered.enumerated() {
            if index > 0 { writer.append(UInt8(ascii: ",")) }
            breakLine(depth: depth)
            JSONText.write(entry.key, .ipld, to: &writer)
            writer.append(UInt8(ascii: ":"))
            if !isDagJSON { writer.append(UInt8(ascii: " ")) }
            try append(entry.value, depth: depth)
        }
        breakLine(depth: depth - 1)
        writer.append(UInt8(ascii: "}"))
    }

    private mutating func breakLine(depth: Int) {
        guard !isDagJSON else { return }
        writer.append(0x0a)
        for _ in 0..<depth { writer.append(0x09) }
    }

    private mutating func append(_ cid: CID) throws(IPLDError) {
        guard isDagJSON else {
            throw IPLDError(.form, "cannot marshal IPLD links to this codec")
        }
        writer.append(utf8: "{\"/\":\"\(cid.text())\"}")
    }

    private mutating func append(_ bytes: Bytes) throws(IPLDError) {
        guard isDagJSON else {
            throw IPLDError(.form, "cannot marshal IPLD bytes to this codec")
        }
        writer.append(utf8: "{\"/\":{\"bytes\":\"")
        writer.append(utf8: Multibase.base64.encodeWithoutPrefix(bytes))
        writer.append(utf8: "\"}}")
    }
}
