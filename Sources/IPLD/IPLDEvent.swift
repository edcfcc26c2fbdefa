import Buffers
import Multiformats

/// What a walk through an encoded value meets next. Nothing of the value is kept.
enum IPLDEvent {
    case null
    case bool(Bool)
    case integer(Int128)
    case float(Double)
    case text(IPLDText)
    case bytes(Bytes)
    case link(CID)
    /// The start of a list; how many values it has, where the codec says so in front of them.
    case list(count: Int?)
    /// The start of a map; how many entries it has, where the codec says so in front of them.
    case map(count: Int?)
    /// The key of a map's next entry, whose value comes after it.
    case key(IPLDText)
    /// The end of the list or map that was opened last.
    case end
}

/// A text where it stands in the block: nothing is copied until it is asked for.
struct IPLDText {
    /// The bytes between the quotes, or behind the length.
    let raw: Bytes
    /// Whether some of them are escapes of JSON.
    let isEscaped: Bool

    /// The text itself, which the walk has found to be UTF-8.
    var string: String {
        let bytes = bytes
        return bytes.utf8Text ?? String(decoding: bytes.array, as: UTF8.self)
    }

    /// The text's UTF-8.
    var bytes: Bytes {
        guard isEscaped else { return raw }
        var unescaped = JSONTextBytes(raw)
        var writer = ByteWriter(capacity: raw.count)
        while let byte = unescaped.next() { writer.append(byte) }
        return writer.finish()
    }

    /// Whether the text has these very bytes.
    func isSame(as other: Bytes) -> Bool {
        guard isEscaped else { return raw == other }
        guard other.count <= raw.count else { return false }
        var unescaped = JSONTextBytes(raw)
        for index in 0..<other.count where unescaped.next() != other[index] { return false }
        return unescaped.next() == nil
    }
}
