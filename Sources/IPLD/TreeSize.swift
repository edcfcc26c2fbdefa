import Buffers
import Multiformats

/// How much memory trees of values take, counted without making them.
enum TreeSize {
    private static let value = MemoryLayout<IPLDValue>.stride
    private static let entry = MemoryLayout<IPLDValue.Entry>.stride
    /// Head of an array, a text or another object in the heap, and what its size is rounded up to.
    private static let object = 48
    /// Texts of so many bytes stand in the value itself.
    private static let inlineTextByteCount = 15
    /// A link stands outside of its value.
    private static let link = object + MemoryLayout<CID>.stride

    /// Counts a value, checking it to its end.
    ///
    /// - Parameter walk: at its start.
    /// - Throws: `.malformed`, `.tooDeep`.
    static func measure(_ walk: IPLDWalk) throws(IPLDError) -> Int {
        switch walk {
        case .cbor(var walk): try sum { () throws(IPLDError) in try walk.next() }
        // Arrays whose count is not known in front double as they grow.
        case .json(var walk): try sum(growth: 2) { () throws(IPLDError) in try walk.next() }
        }
    }

    /// Counts the value form of a node: a map of up to three entries for each link.
    static func measure(_ node: DagPBView) -> Int {
        var size = 2 * (object + 2 * entry)
        var links = node.links()
        while let next = links.next() {
            // A byte that is no UTF-8 becomes a character of three.
            size += value + object + 3 * entry + link + text(3 * (next.nameBytes?.count ?? 0))
            // The node that the form is made from.
            size += MemoryLayout<DagPBLink>.stride
        }
        return size
    }

    private static func sum(
        growth: Int = 1, _ next: () throws(IPLDError) -> IPLDEvent?
    ) throws(IPLDError) -> Int {
        var size = 0
        while let event = try next() {
            switch event {
            case .null, .bool, .integer, .float: size += value * growth
            case .text(let text): size += value * growth + Self.text(text.raw.count)
            case .bytes(let bytes):
                // Bytes of JSON have memory of their own, bytes of CBOR share the block's.
                size += value * growth + (growth > 1 ? bytes.count + 2 * object : 0)
            case .link: size += value * growth + link
            case .list, .map: size += value * growth + object
            case .key(let key): size += (entry - value) * growth + text(key.raw.count)
            case .end: continue
            }
        }
        return size
    }

    private static func text(_ byteCount: Int) -> Int {
        byteCount <= inlineTextByteCount ? 0 : object + byteCount
    }
}
