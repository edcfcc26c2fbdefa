import Buffers
import HTTPServer

/// One JSON value with long lists in it, which wait in spools until it is sent.
struct JSONDocument {
    private enum Part {
        case text(Bytes)
        /// Values with commas between them.
        case list(SortedSpool)
    }

    private var parts: [Part] = []

    /// Adds text as it is.
    mutating func append(_ text: String) { parts.append(.text(Bytes(utf8: text))) }

    /// Adds values with commas between them, in the order of their keys.
    mutating func append(_ values: SortedSpool) { parts.append(.list(values)) }

    /// Bytes of it, commas left out.
    var byteCount: Int {
        parts.reduce(0) { sum, part in
            switch part {
            case .text(let text): sum + text.count
            case .list(let list): sum + list.valueByteCount
            }
        }
    }

    /// The document piece by piece; nil at the end.
    func pieces() -> () throws -> Bytes? {
        var rest = parts[...]
        var values: (() throws -> Bytes?)?
        var isFirst = true
        func next() throws -> Bytes? {
            if let value = try values?() {
                defer { isFirst = false }
                return isFirst ? value : Bytes(utf8: ",").appending(value)
            }
            values = nil
            switch rest.popFirst() {
            case .text(let text)?: return text
            case .list(let list)?:
                (values, isFirst) = (try list.values(), true)
                return .empty
            case nil: return nil
            }
        }
        return {
            var writer = ByteWriter(capacity: 2 * Limits.linePieceBytes)
            while writer.count < Limits.linePieceBytes, let part = try next() {
                writer.append(part)
            }
            return writer.count == 0 ? nil : writer.finish()
        }
    }
}
