import Buffers
import Multiformats

/// A walk through one encoded value, event by event, without a tree of it.
enum IPLDWalk: Sendable {
    case cbor(CBORWalk)
    case json(JSONWalk)

    /// A walk through a block, as strict as readers of stored blocks are; nil for codecs whose
    /// values are not made of lists and maps.
    ///
    /// - Parameters:
    ///   - bytes: the block.
    ///   - codec: what it claims to be.
    ///   - strictness: for dag-cbor.
    init?(_ bytes: Bytes, as codec: Multicodec, _ strictness: DagCBOR.Strictness = .reading) {
        switch codec {
        case .dagCBOR:
            self = .cbor(CBORWalk(bytes, strictness == .canonical ? .canonical : .reading))
        case .cbor: self = .cbor(CBORWalk(bytes, .plain))
        case .dagJSON: self = .json(JSONWalk(bytes, readsLinks: true))
        case .json: self = .json(JSONWalk(bytes, readsLinks: false))
        default: return nil
        }
    }

    /// A list or map that is open.
    struct Frame: Sendable {
        /// How many values or entries are still to come, where the codec says so in front of them.
        let left: UInt64
        let isMap: Bool
    }

    /// Goes on in a block that was checked before, where another walk stood behind a value or at the
    /// start; nothing that asks for a memory of what was passed is checked.
    ///
    /// - Parameters:
    ///   - bytes: the block.
    ///   - codec: what it claims to be.
    ///   - position: what `position` was.
    ///   - frames: what `frames` was.
    init?(_ bytes: Bytes, as codec: Multicodec, resumingAt position: Int, in frames: [Frame]) {
        switch codec {
        case .dagCBOR: self = .cbor(CBORWalk(bytes, .reading, resumingAt: position, in: frames))
        case .dagJSON:
            self = .json(
                JSONWalk(bytes, readsLinks: true, resumingAt: position, in: frames))
        default: return nil
        }
    }

    /// The key that an event of a walk through a block began with.
    ///
    /// - Parameters:
    ///   - start: what `eventStart` was.
    ///   - bytes: the block.
    ///   - codec: as of the walk.
    static func key(at start: Int, in bytes: Bytes, as codec: Multicodec) -> Bytes {
        if codec == .dagCBOR {
            var reader = ByteReader(bytes.dropFirst(start))
            guard let head = try? CBORHead(reading: &reader) else { return .empty }
            return (try? reader.read(head.number)) ?? .empty
        }
        var walk = JSONWalk(bytes, readsLinks: false, resumingAt: start, in: [])
        return (try? walk.takeText())?.bytes ?? .empty
    }

    /// The lists and maps that are open.
    var frames: [Frame] {
        switch self {
        case .cbor(let walk): walk.openFrames
        case .json(let walk): walk.openFrames
        }
    }

    /// Where the last event began, in bytes of the block.
    var eventStart: Int {
        switch self {
        case .cbor(let walk): walk.eventStart
        case .json(let walk): walk.eventStart
        }
    }

    /// Where the last event ended.
    var position: Int {
        switch self {
        case .cbor(let walk): walk.position
        case .json(let walk): walk.position
        }
    }

    /// The next event; nil at the end of the one value, which takes all of the bytes.
    ///
    /// - Throws: `.malformed`, `.tooDeep`.
    mutating func next() throws(IPLDError) -> IPLDEvent? {
        switch self {
        case .cbor(var walk):
            // Emptied, so that the frames have one holder and are changed in place.
            self = .cbor(.none)
            defer { self = .cbor(walk) }
            return try walk.next()
        case .json(var walk):
            self = .cbor(.none)
            defer { self = .json(walk) }
            return try walk.next()
        }
    }

    /// Goes to the end.
    ///
    /// - Throws: `.malformed`, `.tooDeep`.
    mutating func finish() throws(IPLDError) {
        switch self {
        case .cbor(var walk): while try walk.next() != nil {}
        case .json(var walk): while try walk.next() != nil {}
        }
    }
}

extension CBORWalk {
    /// A walk through nothing.
    static let none = CBORWalk(.empty, .plain)
}
