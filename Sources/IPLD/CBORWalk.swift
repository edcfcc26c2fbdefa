import Buffers
import Multiformats

/// Walks through a value in one of the CBOR codecs; the rules say what more than well-formedness is
/// asked for. Keeps one frame for each open list or map and nothing of what it has passed.
struct CBORWalk {
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

    /// A list or map that is open.
    private struct Frame {
        /// How many values or entries are still to come.
        var left: UInt64
        let isMap: Bool
        /// Whether a key was read and its value comes next.
        var awaitsValue = false
        var lastKey: Bytes?
        /// Where the first key or value begins.
        let start: Int
    }

    private let bytes: Bytes
    private var reader: ByteReader
    private let rules: Rules
    private var frames: [Frame] = []
    private var isComplete = false

    /// Where the last event began.
    private(set) var eventStart = 0

    init(_ bytes: Bytes, _ rules: Rules) {
        self.bytes = bytes
        reader = ByteReader(bytes)
        self.rules = rules
    }

    /// Goes on where another walk over the same bytes stood behind a value; sizes were checked by it.
    ///
    /// - Parameters:
    ///   - bytes: one value, which was checked before.
    ///   - rules: any but those on the order of keys, which are not remembered.
    ///   - position: what `position` was.
    ///   - openFrames: what `openFrames` was.
    init(
        _ bytes: Bytes, _ rules: Rules, resumingAt position: Int, in openFrames: [IPLDWalk.Frame]
    ) {
        self.init(bytes, rules)
        _ = try? reader.read(min(max(position, 0), bytes.count))
        frames = openFrames.map { Frame(left: $0.left, isMap: $0.isMap, start: position) }
    }

    /// The lists and maps that are open.
    var openFrames: [IPLDWalk.Frame] {
        frames.map { IPLDWalk.Frame(left: $0.left, isMap: $0.isMap) }
    }

    /// Where the next event begins.
    var position: Int { reader.offset }

    /// The next event; nil behind the one value, which takes all of the bytes.
    ///
    /// - Throws: `.malformed`, `.tooDeep`; the walk is of no use afterwards.
    mutating func next() throws(IPLDError) -> IPLDEvent? {
        eventStart = reader.offset
        guard let top = frames.last else {
            guard !isComplete else {
                guard reader.isAtEnd else {
                    throw .cbor("unexpected content after end of cbor object")
                }
                return nil
            }
            return try takeValue()
        }
        if top.awaitsValue { return try takeValue() }
        if top.left == 0 {
            frames.removeLast()
            isComplete = frames.isEmpty
            return .end
        }
        return top.isMap ? try takeKey(of: top) : try takeValue()
    }

    private mutating func takeValue() throws(IPLDError) -> IPLDEvent {
        let head = try CBORHead(reading: &reader)
        if rules.isCanonical, head.major != .simple, !head.isShortest { throw .cborTooLong }
        let event: IPLDEvent =
            switch head.major {
            case .unsigned: .integer(Int128(head.number))
            case .negative: .integer(-1 - Int128(head.number))
            case .bytes: .bytes(try readBytes(head.number))
            case .text: .text(try readText(head.number))
            case .list, .map: try open(head)
            case .tag: .link(try readLink(tag: head.number))
            case .simple: try Self.simple(head, rules)
            }
        if head.major != .list, head.major != .map {
            passValue(below: frames.count)
            isComplete = frames.isEmpty
        }
        return event
    }

    /// Takes a value out of the count of the list or map around it.
    private mutating func passValue(below depth: Int) {
        guard depth > 0 else { return }
        frames[depth - 1].left -= 1
        frames[depth - 1].awaitsValue = false
    }

    private mutating func open(_ head: CBORHead) throws(IPLDError) -> IPLDEvent {
        guard frames.count < Limits.depthMax else { throw .tooDeep }
        let isMap = head.major == .map
        guard head.number <= UInt64(reader.remaining) / (isMap ? 2 : 1) else { throw .cborCutOff }
        passValue(below: frames.count)
        frames.append(Frame(left: head.number, isMap: isMap, start: reader.offset))
        return isMap ? .map(count: Int(head.number)) : .list(count: Int(head.number))
    }

    private mutating func takeKey(of frame: Frame) throws(IPLDError) -> IPLDEvent {
        let head = try CBORHead(reading: &reader)
        guard head.major == .text else { throw .cbor("a map key is no text") }
        guard head.isShortest || !rules.isCanonical else { throw .cborTooLong }
        let key = try readText(head.number)
        if rules.sortsKeys {
            if let last = frame.lastKey, !KeyOrder.lengthFirst(last, key.raw) {
                throw try misplaced(key, in: frame)
            }
            frames[frames.count - 1].lastKey = key.raw
        }
        frames[frames.count - 1].awaitsValue = true
        return .key(key)
    }

    /// Says whether a key that does not follow the last one was there before.
    private func misplaced(_ key: IPLDText, in frame: Frame) throws(IPLDError) -> IPLDError {
        var walk = CBORWalk(bytes.dropFirst(frame.start), .reading)
        walk.frames = [Frame(left: .max, isMap: true, start: 0)]
        while frame.start + walk.position < eventStart, let event = try walk.next() {
            guard case .key(let earlier) = event, walk.frames.count == 1 else { continue }
            guard earlier.raw != key.raw else {
                return .cbor("repeated map key \"\(key.string)\"")
            }
        }
        return .cbor("map key \"\(key.string)\" is out of order")
    }

    private mutating func readLink(tag: UInt64) throws(IPLDError) -> CID {
        guard tag == 42, rules.allowsLinks else { throw .cbor("unhandled cbor tag \(tag)") }
        let head = try CBORHead(reading: &reader)
        guard head.major == .bytes, head.isShortest || !rules.isCanonical else {
            throw .cbor("a link is no byte string")
        }
        return try DagCBOR.cid(inLink: try readBytes(head.number))
    }

    private mutating func readBytes(_ count: UInt64) throws(IPLDError) -> Bytes {
        do {
            return try reader.read(count)
        } catch {
            throw .cborCutOff
        }
    }

    private mutating func readText(_ count: UInt64) throws(IPLDError) -> IPLDText {
        let raw = try readBytes(count)
        guard raw.isUTF8 else { throw .cbor("a text is not UTF-8") }
        return IPLDText(raw: raw, isEscaped: false)
    }
}

extension IPLDError {
    fileprivate static let cborTooLong = cbor("a number or length is longer than it must be")
}
