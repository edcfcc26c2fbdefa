import Buffers
import Multiformats

/// Nodes of dag-cbor and dag-json, and of the two plain codecs.
extension HostileContent {
    mutating func cborNode(_ depth: Int) -> Node {
        var wire = Wire()
        if !features.contains(.bareLinks) { wire.appendHead(4, 1) }
        appendCBOR(depth, to: &wire)
        if choices.oneIn(32) { wire.append(choices.bytes(upTo: 4)) }
        return seal(choices.oneIn(4) ? .cbor : .dagCBOR, wire.bytes)
    }

    private mutating func appendCBOR(_ depth: Int, to wire: inout Wire) {
        guard depth > 0 else { return wire.appendHead(0, UInt64(choices.byte())) }
        switch choices.below(14) {
        case 0, 1, 2: wire.appendLink(node(depth: depth - 1).cid)
        case 3, 4: appendMap(depth, to: &wire)
        case 5, 6:
            let count = choices.below(4)
            wire.appendHead(4, lies() ? choices.hostileSize() : UInt64(count))
            for _ in 0..<count { appendCBOR(depth - 1, to: &wire) }
        case 7: wire.appendHead(choices.pick([0, 1]), choices.hostileSize())
        case 8: appendText(3, entryName(), to: &wire)
        case 9: appendText(2, choices.bytes(upTo: 30), to: &wire)
        case 10:
            wire.append([0xFB])
            wire.append(
                choices.pick([
                    [0x3F, 0xF8, 0, 0, 0, 0, 0, 0], [0x7F, 0xF0, 0, 0, 0, 0, 0, 0],
                    [0xFF, 0xF8, 0, 0, 0, 0, 0, 1], [0x43, 0xE0, 0, 0, 0, 0, 0, 0],
                    [0x80, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1],
                ]))
        case 11: appendNesting([0x81], [], [0x00], to: &wire)
        case 12: wire.append(choices.bytes(upTo: 12))
        default: wire.append([choices.pick([0xF6, 0xF5, 0xF7, 0xFF, 0x9F, 0xBF, 0x5F])])
        }
    }

    private mutating func appendMap(_ depth: Int, to wire: inout Wire) {
        let count = choices.below(4)
        wire.appendHead(5, lies() ? choices.hostileSize() : UInt64(count))
        var keys = (0..<count).map { _ in
            choices.oneIn(4) ? entryName() : Array("k\(choices.below(10))".utf8)
        }
        names += keys.prefix(max(0, 200 - names.count))
        if !choices.oneIn(8) { keys.sort { ($0.count, $0.first ?? 0) < ($1.count, $1.first ?? 0) } }
        for key in keys {
            appendText(3, key, to: &wire)
            appendCBOR(depth - 1, to: &wire)
        }
    }

    private mutating func appendText(_ major: UInt8, _ text: [UInt8], to wire: inout Wire) {
        wire.appendHead(major, lies() ? choices.hostileSize() : UInt64(text.count))
        wire.append(text)
    }

    private mutating func appendNesting(
        _ open: [UInt8], _ close: [UInt8], _ middle: [UInt8], to wire: inout Wire
    ) {
        guard features.contains(.nesting) else { return wire.append(middle) }
        let count = choices.pick([3, 100, 126, 127, 128, 129, 130, 131, 1_000, 20_000])
        for _ in 0..<count { wire.append(open) }
        wire.append(middle)
        for _ in 0..<count { wire.append(close) }
    }

    mutating func jsonNode(_ depth: Int) -> Node {
        var wire = Wire()
        if !features.contains(.bareLinks) { wire.append("[".utf8) }
        appendJSON(depth, to: &wire)
        if !features.contains(.bareLinks) { wire.append("]".utf8) }
        return seal(choices.oneIn(4) ? .json : .dagJSON, wire.bytes)
    }

    private mutating func appendJSON(_ depth: Int, to wire: inout Wire) {
        switch depth > 0 ? choices.below(10) : 7 {
        case 0, 1, 2: wire.append(#"{"/":"\#(Self.text(node(depth: depth - 1).cid))"}"#.utf8)
        case 3, 4:
            let count = choices.below(4)
            wire.append("{".utf8)
            for index in 0..<count {
                wire.append((index > 0 ? "," : "").utf8)
                wire.append(
                    [0x22] + (choices.oneIn(4) ? entryName() : Array("k\(index)".utf8)) + [0x22])
                wire.append(":".utf8)
                appendJSON(depth - 1, to: &wire)
            }
            wire.append("}".utf8)
        case 5:
            wire.append("[".utf8)
            appendJSON(depth - 1, to: &wire)
            wire.append(",".utf8)
            appendJSON(depth - 1, to: &wire)
            wire.append("]".utf8)
        case 6:
            let (open, close) = choices.pick([
                ("[", "]"), (#"{"a":"#, "}"), (#"{"/":{"bytes":"#, "}}"),
            ])
            appendNesting(Array(open.utf8), Array(close.utf8), [0x31], to: &wire)
        case 7: wire.append(choices.pick(Self.jsonScalars).utf8)
        case 8: wire.append(choices.hostileNumberText().utf8)
        default: wire.append(choices.bytes(upTo: 12))
        }
    }

    private static let jsonScalars = [
        "1", "null", "true", "\"a\"", "-0", "1e999", "-1e-999", "18446744073709551616",
        "-9223372036854775809", "1.0", "0.1e1", #""\ud800""#, #""\u0000""#, #"{"/":{"bytes":""}}"#,
        #"{"/":{"bytes":"AQ"}}"#, #"{"/":"x"}"#, #"{"/":1}"#, #"{"/":{"bytes":"AQ","a":1}}"#, "",
    ]

    /// The usual text of a CID.
    static func text(_ cid: [UInt8]) -> String { Multibase.base32.encode(Bytes(cid)) }
}
