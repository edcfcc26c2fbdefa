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
