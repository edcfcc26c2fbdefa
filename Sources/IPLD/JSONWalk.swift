import Buffers
import Multiformats

/// Walks through a value in one of the JSON codecs: RFC 8259 without lone surrogates, each key once.
///
/// Keeps one frame for each open list or map, and where the keys of the open maps stand: four bytes
/// each, to find one that is there twice. Keys that ascend need not be kept, so that of those there may
/// be any number.
struct JSONWalk {
    private enum Stage {
        /// A value has to come.
        case value
        /// The first value, key or end of what was opened last.
        case first
        /// A key has to come.
        case key
        /// A comma or the end of what was opened last.
        case after
        /// Nothing but white space.
        case complete
    }

    /// A list or map that is open.
    private struct Frame {
        let isMap: Bool
        /// Whether the first key is the one that stands for links and bytes.
        var isReserved = false
        /// Whether every key so far is greater than the one before.
        var isAscending = true
        /// Where this map's keys begin in `keys`.
        var firstKey: Int
        /// Where its last key stands.
        var lastKey: UInt32?
        /// Whether `keys` lacks some of its keys: they ascend, and so have to all others.
        var isForgotten = false
    }

    let text: Bytes
    var index = 0
    /// Whether maps with the key `/` are links and bytes.
    private let readsLinks: Bool
    /// Whether keys are remembered, to find one that is there twice.
    private var checksKeys = true
    private var stage = Stage.value
    private var frames: [Frame] = []
    private var keys: [UInt32] = []

    /// Where the last event began.
    private(set) var eventStart = 0

    /// - Parameters:
    ///   - text: one value.
    ///   - readsLinks: whether maps with the key `/` are links and bytes.
    init(_ text: Bytes, readsLinks: Bool) {
        self.text = text
        self.readsLinks = readsLinks
    }

    /// Goes on where another walk over the same text stood behind a value. Keys are not compared.
    ///
    /// - Parameters:
    ///   - text: one value, which was checked before.
    ///   - readsLinks: as for the other walk.
    ///   - position: what `position` was.
    ///   - openFrames: what `openFrames` was.
    init(
        _ text: Bytes, readsLinks: Bool, resumingAt position: Int, in openFrames: [IPLDWalk.Frame]
    ) {
        self.init(text, readsLinks: readsLinks)
        index = min(max(position, 0), text.count)
        checksKeys = false
        frames = openFrames.map { Frame(isMap: $0.isMap, firstKey: 0) }
        if !frames.isEmpty { stage = .after }
    }

    /// The lists and maps that are open.
    var openFrames: [IPLDWalk.Frame] { frames.map { IPLDWalk.Frame(left: 0, isMap: $0.isMap) } }

    /// Where the next event begins, or the space in front of it.
    var position: Int { index }

    /// The next event; nil behind the one value, which takes all of the text but for white space.
    ///
    /// - Throws: `.malformed`, `.tooDeep`; the walk is of no use afterwards.
    mutating func next() throws(IPLDError) -> IPLDEvent? {
        while true {
            skipSpace()
            eventStart = index
            switch stage {
            case .value: return try takeValue()
            case .first:
                if try peek() == (isInMap ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
                    return try close()
                }
                stage = isInMap ? .key : .value
            case .key: return .key(try takeKey())
            case .after:
                let byte = try peek()
                if byte == (isInMap ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return try close() }
                guard byte == UInt8(ascii: ",") else {
                    throw .json("expected a comma or the end of a list or map", index)
                }
                index += 1
                stage = isInMap ? .key : .value
            case .complete:
                guard index == text.count else {
                    throw .json("unexpected content after end of json object", index)
                }
                return nil
            }
        }
    }

    private var isInMap: Bool { frames.last?.isMap ?? false }

    private mutating func takeValue() throws(IPLDError) -> IPLDEvent {
        let event: IPLDEvent
        switch try peek() {
        case UInt8(ascii: "{"):
            guard frames.count < Limits.jsonDepthMax else { throw .tooDeep }
            guard readsLinks, let special = specialForm(depth: frames.count) else {
                guard frames.count < Limits.depthMax else { throw .tooDeep }
                return open(.map(count: nil), isMap: true)
            }
            index = special.end
            event = try special.event
        case UInt8(ascii: "["):
            guard frames.count < Limits.depthMax else { throw .tooDeep }
            return open(.list(count: nil), isMap: false)
        case UInt8(ascii: "\""): event = .text(try takeText())
        case UInt8(ascii: "t"): event = try take("true", as: .bool(true))
        case UInt8(ascii: "f"): event = try take("false", as: .bool(false))
        case UInt8(ascii: "n"): event = try take("null", as: .null)
        default: event = try takeNumber()
        }
        stage = frames.isEmpty ? .complete : .after
        return event
    }

    private mutating func open(_ event: IPLDEvent, isMap: Bool) -> IPLDEvent {
        index += 1
        frames.append(Frame(isMap: isMap, firstKey: keys.count))
        stage = .first
        return event
    }

    private mutating func close() throws(IPLDError) -> IPLDEvent {
        index += 1
        guard let frame = frames.popLast() else { throw .json("unexpected end", index) }
        if !frame.isAscending, let key = firstRepetition(from: frame.firstKey) {
            throw .json("repeat map key \"\(key)\"", index)
        }
        if frame.isReserved { throw DagJSON.reserved }
        keys.removeLast(keys.count - frame.firstKey)
        stage = frames.isEmpty ? .complete : .after
        return .end
    }

    private mutating func takeKey() throws(IPLDError) -> IPLDText {
        guard try peek() == UInt8(ascii: "\"") else { throw .json("a map key is no text", index) }
        let start = index + 1
        let key = try takeText()
        skipSpace()
        guard try peek() == UInt8(ascii: ":") else { throw .json("expected a colon", index) }
        index += 1
        if checksKeys { try remember(keyAt: start, key) }
        stage = .value
        return key
    }

    private mutating func remember(keyAt start: Int, _ key: IPLDText) throws(IPLDError) {
        guard let place = UInt32(exactly: start) else {
            throw IPLDError(.tooLarge, "json: a text of 4 GiB or more is not read")
        }
        let top = frames.count - 1
        if let last = frames[top].lastKey {
            if frames[top].isAscending {
                frames[top].isAscending = JSONTextBytes.compare(Int(last), start, in: text) < 0
            }
        } else {
            frames[top].isReserved = readsLinks && key.isSame(as: DagJSON.reservedKey)
        }
        guard frames[top].isAscending || !frames[top].isForgotten else { throw .jsonKeys }
        if keys.count >= Limits.jsonKeysMax { try forgetKeys() }
        keys.append(place)
        frames[top].lastKey = place
    }

    /// Forgets the keys of maps where many ascend: those are not there twice, unless one comes that does
    /// not. The others have to leave room, or this would be done again for each key.
    private mutating func forgetKeys() throws(IPLDError) {
        var kept = 0
        for level in frames.indices {
            let end = level + 1 < frames.count ? frames[level + 1].firstKey : keys.count
            let own = frames[level].firstKey..<end
            frames[level].firstKey = kept
            if frames[level].isAscending, own.count > Limits.jsonKeysMax / 1_024 {
                frames[level].isForgotten = true
            } else {
                for index in own {
                    keys[kept] = keys[index]
                    kept += 1
                }
            }
        }
        guard kept <= Limits.jsonKeysMax / 8 * 7 else { throw .jsonKeys }
        keys.removeLast(keys.count - kept)
    }

    /// A key that is there twice among those that begin at some place of `keys`: the first one that comes
    /// again.
    private func firstRepetition(from first: Int) -> String? {
        guard let key = JSONKeys.firstRepetition(among: keys[first...], of: text) else {
            return nil
        }
        var walk = JSONWalk(text, readsLinks: false)
        walk.index = Int(key) - 1
        return (try? walk.takeText())?.string ?? ""
    }

    private mutating func take(
        _ word: StaticString, as event: IPLDEvent
    ) throws(IPLDError) -> IPLDEvent {
        for byte in "\(word)".utf8 {
            guard try peek() == byte else { throw .json("unknown word", index) }
            index += 1
        }
        return event
    }

    mutating func skipSpace() {
        while index < text.count {
            switch text[index] {
            case 0x20, 0x09, 0x0a, 0x0d: index += 1
            default: return
            }
        }
    }

    func peek() throws(IPLDError) -> UInt8 {
        guard index < text.count else { throw .json("unexpected EOF", index) }
        return text[index]
    }
}

extension IPLDError {
    static func json(_ cause: String, _ index: Int) -> IPLDError {
        IPLDError(.malformed, "json: \(cause) (at byte \(index))")
    }

    fileprivate static let jsonKeys = IPLDError(
        .tooManyKeys,
        "json: a map key is out of order among some \(Limits.jsonKeysMax), too many to find one "
            + "that is there twice: sort the keys of each map by their bytes, or use dag-cbor")
}
