import Buffers
import Content
import IPLD
import Multiformats

extension FuzzTarget {
    static let codecs = [
        FuzzTarget("dag-pb", checkDagPB),
        FuzzTarget("dag-pb-form", upTo: 16_384, checkDagPBForm),
        FuzzTarget("dag-cbor", checkDagCBOR),
        FuzzTarget("dag-json", checkDagJSON),
        FuzzTarget("json", checkJSON),
        FuzzTarget("cbor", checkCBOR),
        FuzzTarget("dag-put", upTo: 16_384, checkDagPut),
        FuzzTarget("links", checkLinks),
    ]

    private static func checkDagPB(_ input: Bytes) throws {
        let node = try DagPBNode(decoding: input)
        let written = node.encode()
        try Finding.unless(node.encodedCount == written.count, "a node has another length")
        let again = try Finding.ifRefused("a node is not read back") {
            try DagPBNode(decoding: written)
        }
        try Finding.unless(again == node, "a node loses something")
    }

    /// The form is reached from both sides: from a block, and from the text of a value.
    private static func checkDagPBForm(_ input: Bytes) throws {
        if let node = try? DagPBNode(decoding: input), let value = try? DagPBForm.value(of: node) {
            if let again = try? DagPBForm.node(from: value) {
                try Finding.unless(
                    try DagPBForm.value(of: again) == value, "the form of a block loses something")
            }
        }
        let node = try DagPBForm.node(from: try DagJSON.decode(input))
        let again = try Finding.ifRefused("a built node is not read back") {
            try DagPBForm.node(from: DagPBForm.value(of: DagPBNode(decoding: node.encode())))
        }
        try Finding.unless(again == node, "a built node loses something")
    }

    private static func checkDagCBOR(_ input: Bytes) throws {
        if let value = try? DagCBOR.decode(input) {
            let written = try Finding.ifRefused("a canonical block cannot be written") {
                try DagCBOR.encode(value)
            }
            try Finding.unless(written == input, "a block is not the canonical one")
            let lenient = try Finding.ifRefused("a canonical block is refused in a walk") {
                try DagCBOR.decode(input, .reading)
            }
            try Finding.unless(lenient == value, "the two ways of reading differ")
        } else {
            try checkFixedPoint(try DagCBOR.decode(input, .reading), as: .dagCBOR)
        }
    }

    private static func checkDagJSON(_ input: Bytes) throws {
        try checkFixedPoint(try DagJSON.decode(input), as: .dagJSON)
    }

    private static func checkJSON(_ input: Bytes) throws {
        try checkFixedPoint(try PlainJSON.decode(input), as: .json)
    }

    private static func checkCBOR(_ input: Bytes) throws {
        try checkFixedPoint(try PlainCBOR.decode(input), as: .cbor)
    }

    /// Reads a node in the codec that the first byte chooses, and writes it in all codecs.
    private static func checkDagPut(_ input: Bytes) throws {
        let codecs: [Multicodec] = [.raw, .dagPB, .dagCBOR, .dagJSON, .json, .cbor]
        guard let choice = input.array.first else { return }
        let value = try IPLDCodec.decode(
            input.dropFirst(1), as: codecs[Int(choice) % codecs.count], .reading)
        for codec in codecs { try checkFixedPoint(value, as: codec) }
    }

    /// What a codec wrote, it reads, and writes the same again. A value that it does not have, it
    /// may refuse.
    private static func checkFixedPoint(_ value: IPLDValue, as codec: Multicodec) throws {
        let written = try IPLDCodec.encode(value, as: codec)
        let again = try Finding.ifRefused("\(codec.description) does not read what it wrote") {
            try IPLDCodec.decode(written, as: codec)
        }
        let rewritten = try Finding.ifRefused("\(codec.description) writes only once") {
            try IPLDCodec.encode(again, as: codec)
        }
        try Finding.unless(rewritten == written, "\(codec.description) loses something")
        try Finding.unless(
            codec == .dagPB || again.linkCount == value.linkCount,
            "\(codec.description) loses links")
    }

    private static func checkLinks(_ input: Bytes) throws {
        let digest = Bytes([UInt8](repeating: 1, count: 32))
        for codec: Multicodec in [.raw, .dagPB, .dagCBOR, .dagJSON, .json, .cbor] {
            let cid = CID.v1(codec, Multihash(code: .sha2_256, digest: digest))
            let block = Block(cid: cid, bytes: input)
            guard var links = try? LinkCursor(block) else { continue }
            var named = try Finding.ifRefused("the links of a block have no names") {
                try NamedLinkCursor(block)
            }
            while let cid = links.next() {
                try Finding.unless(named.next() == cid, "a block has other links with names")
            }
            try Finding.unless(named.next() == nil, "a block has more links with names")
        }
    }
}

extension IPLDValue {
    fileprivate var linkCount: Int {
        switch self {
        case .link: 1
        case .list(let list): list.reduce(0) { $0 + $1.linkCount }
        case .map(let entries): entries.reduce(0) { $0 + $1.value.linkCount }
        default: 0
        }
    }
}
