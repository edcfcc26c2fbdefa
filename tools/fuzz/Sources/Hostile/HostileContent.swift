import Buffers
import Multiformats
import Vault

/// Blocks that a stranger might send: each is named by its right hash, and everything that is inside
/// of them may be a lie.
///
/// Extensions hold the kinds of nodes: `+UnixFS`, `+Shards`, `+Towers`, `+Data`, `+Shapes`.
package struct HostileContent {
    /// A block as it would stand in a CAR.
    package struct Block: Sendable {
        /// The binary form of its CID.
        package let cid: [UInt8]
        /// Its bytes.
        package let data: [UInt8]
    }

    /// A node that others may link to.
    struct Node {
        let cid: [UInt8]
        /// Bytes of content that a file above it may count on.
        let byteCount: UInt64
    }

    /// Stored blocks, children first. Nodes that stand in identity CIDs are not among them.
    package private(set) var blocks: [Block] = []
    /// The binary forms of the CIDs that requests start from.
    package private(set) var roots: [[UInt8]] = []
    /// Names that stand in folders somewhere.
    var names: [[UInt8]] = []
    var choices: Choices
    let features: Set<HostileFeature>
    private let isIdentityOnly: Bool
    private var nodes: [Node] = []
    private var nodesLeft: Int
    /// A number is a lie once in so many times: some content lies seldom, and is read far down.
    private let lieInterval: Int
    /// Whether no number is a lie at present.
    var isTruthful = false

    /// Builds content.
    ///
    /// - Parameters:
    ///   - choices: decide about everything; what is left of them is in `remaining`.
    ///   - isIdentityOnly: whether all of it stands in CIDs, so that nothing needs to be stored.
    ///   - nodeCountMax: nodes after which only leaves are made.
    ///   - features: what may be hostile.
    package init(
        _ choices: Choices, isIdentityOnly: Bool, nodeCountMax: Int = 40,
        features: Set<HostileFeature> = HostileFeature.wanted
    ) {
        self.choices = choices
        self.isIdentityOnly = isIdentityOnly
        self.features = features
        nodesLeft = nodeCountMax
        lieInterval = self.choices.pick([4, 2, 3, 8, 200])
        for _ in 0...self.choices.below(3) { roots.append(root().cid) }
    }

    /// The decisions that were not needed.
    package var remaining: Choices { choices }

    /// Files, folders and shards for the most part: they have the most readers.
    private mutating func root() -> Node {
        nodesLeft -= 1
        switch choices.below(6) {
        case 0, 1: return file(6)
        case 2: return folder(6)
        case 3: return shard(6)
        case 4: return choices.oneIn(2) ? tower(6) : staircase()
        default: return node(depth: 6)
        }
    }

    /// Makes a node with everything below it.
    mutating func node(depth: Int) -> Node {
        nodesLeft -= 1
        guard depth > 0, nodesLeft > 0 else { return leaf() }
        switch choices.below(20) {
        case 0, 1: return leaf()
        case 2, 3, 4, 5: return file(depth)
        case 6, 7, 8, 9: return folder(depth)
        case 10, 11: return shard(depth)
        case 12: return symlink()
        case 13, 14: return cborNode(depth)
        case 15: return jsonNode(depth)
        case 16: return garbage()
        case 17: return nodes.isEmpty ? leaf() : choices.pick(nodes)
        case 18: return tower(depth)
        default: return shape(depth)
        }
    }

    /// Bytes as they are.
    mutating func leaf() -> Node {
        let data =
            choices.oneIn(16)
            ? [UInt8](repeating: choices.byte(), count: isIdentityOnly ? 100 : 5_000)
            : choices.oneIn(2) ? [choices.byte()] : word()
        return seal(.raw, data, byteCount: UInt64(data.count))
    }

    /// Bytes under a codec that they may have nothing to do with.
    mutating func garbage() -> Node {
        let codec = choices.pick(Self.codecs)
        return seal(codec, choices.bytes(upTo: 60), byteCount: choices.hostileSize())
    }

    /// Whether a number is to be a lie.
    mutating func lies() -> Bool {
        !isTruthful && choices.oneIn(lieInterval) && features.contains(.sizes)
    }

    /// A name for an entry, which is remembered for paths.
    mutating func entryName() -> [UInt8] {
        let name =
            features.contains(.names) ? choices.hostileName() : Array("n\(choices.byte())".utf8)
        if names.count < 200 { names.append(name) }
        return name
    }

    private mutating func word() -> [UInt8] { Array("leaf \(choices.byte())".utf8) }

    static let codecs: [Multicodec] = [
        .raw, .dagPB, .dagCBOR, .dagJSON, .json, .cbor, Multicodec(rawValue: 0x72),
        Multicodec(rawValue: 0x0129_0000),
    ]

    /// Gives a node its CID and keeps it.
    mutating func seal(_ codec: Multicodec, _ data: [UInt8], byteCount: UInt64 = 0) -> Node {
        let codec = choices.oneIn(32) ? choices.pick(Self.codecs) : codec
        let cid: [UInt8]
        if data.count <= 128, isIdentityOnly || choices.oneIn(4) {
            cid = Wire.cid(codec: codec, hash: 0, digest: data)
        } else {
            cid = hashed(codec, data)
            if !isIdentityOnly { blocks.append(Block(cid: cid, data: data)) }
        }
        let node = Node(cid: cid, byteCount: byteCount)
        nodes.append(node)
        return node
    }

    private mutating func hashed(_ codec: Multicodec, _ data: [UInt8]) -> [UInt8] {
        let names = ["sha2-256", "sha2-512", "blake2b-256", "blake3", "sha3-256", "sha2-256"]
        let name = choices.oneIn(16) ? choices.pick(names) : "sha2-256"
        guard let hash = try? HashFunction(named: name).multihash(of: Bytes(data)) else {
            return []
        }
        // A version 0 CID is the multihash alone.
        if name == "sha2-256", codec == .dagPB, choices.oneIn(4) { return hash.bytes.array }
        return CID.v1(codec, hash).bytes.array
    }
}
