import Buffers
import Content
import Execution
import IPLD
import Multiformats
import TestSupport
import UnixFS

/// Content each node of which is large: whoever keeps one, or a slice of one, is seen.
struct LargeNodes {
    /// Links of one node, and the bytes of the name of each; names are longer than what is shown of them.
    private static let linkCount = 240
    private static let nameByteCount = 1_500
    /// Parts of a file.
    private static let partCount = 40

    /// What there is, as texts of CIDs.
    struct Names: Sendable {
        /// A folder with everything that archives take.
        var root = ""
        /// An entry of `folder` and `shards` below it.
        var entry = ""
        /// A value in dag-cbor.
        var list = ""
        /// A folder whose names are nearly as long as its block.
        var words = ""
        /// A value in dag-cbor in which links stand behind such keys.
        var deep = ""
        /// A node over 1 MiB above nodes that have a link each.
        var wide = ""
        /// The same as a file.
        var bulk = ""
    }

    private(set) var names = Names()

    private let writer: BlockWriter

    init(in library: Library) throws {
        writer = BlockWriter(
            library.access(for: RequestContext(deadline: soon())), allowsBigBlocks: true)
        let leaf = try put(Bytes(utf8: "leaf"), .raw)
        let empty = try put(.empty, .raw)
        let entryNames = (0..<Self.linkCount).map { number in
            "\(1_000 + number)" + String(repeating: "n", count: Self.nameByteCount)
        }
        names.entry = entryNames[7]
        let folder = try folder(entryNames.map { ($0, leaf) })
        let file = try file(of: leaf, byteCount: 4)
        let hollow = try self.file(of: empty, byteCount: 0)
        var random = SeededRandom(seed: 5)
        let raw = try put(random.bytes(400 << 10), .raw)
        let many = try (0..<300).map { ("\($0)", try put(Bytes(utf8: "\($0)"), .raw)) }
        let entries: [(String, CID)] = [
            ("empty", hollow),
            ("file", try twoLevels(of: file, byteCount: 4 * Self.partCount)), ("folder", folder),
            ("index", try self.folder([("index.html", hollow)] + entryNames.map { ($0, leaf) })),
            ("large", try put(random.bytes(1_500 << 10), .raw)),
            ("link", try link("target")), ("raw", raw),
            ("many", try self.folder(many)), ("shards", try shards(entryNames.map { ($0, leaf) })),
        ]
        names.list = try put(Self.array(of: leaf), .dagCBOR).description
        let word = String(repeating: "w", count: 150 << 10)
        let target = try link(String(repeating: "t", count: 4_000))
        names.words = try self.folder([
            (word + "a", leaf), (word + "b", hollow), ("link", target), (word + "l", target),
        ]).description
        names.deep = try put(Self.map(of: leaf, key: word), .dagCBOR).description
        names.wide = try wide(above: leaf).description
        names.bulk = try twoLevels(
            of: file, byteCount: 4 * Self.partCount, count: 5, fillings: 4
        ).description
        names.root = try self.folder(entries + entryNames.map { ($0, leaf) }).description
    }

    private func put(_ bytes: Bytes, _ codec: Multicodec) throws -> CID {
        var naming = BlockWriter.Naming()
        naming.codec = codec
        return try writer.put(bytes, naming: naming)
    }

    private func folder(_ entries: [(String, CID)]) throws -> CID {
        let links = entries.map { DagPBLink(cid: $0.1, name: $0.0, tsize: 1) }
        return try put(
            DagPBNode(links: links, data: UnixFSData(type: .directory).encode()).encode(), .dagPB)
    }

    /// A folder of folders that is heavier than all that is below it.
    private func wide(above leaf: CID) throws -> CID {
        let links = try (0..<5).map { number in
            DagPBLink(cid: try folder([("\(number)", leaf)]), name: "\(number)", tsize: 1)
        }
        return try node(links, UnixFSData(type: .directory), fillings: 4)
    }

    /// A file of some parts.
    private func file(of part: CID, byteCount: UInt64) throws -> CID {
        var data = UnixFSData(type: .file)
        data.blockSizes = Array(repeating: byteCount, count: Self.partCount)
        data.fileSize = byteCount * UInt64(Self.partCount)
        return try node(
            Array(repeating: DagPBLink(cid: part, name: "", tsize: 1), count: Self.partCount), data)
    }

    /// A node with a field that nobody knows, or several of them.
    private func node(
        _ links: [DagPBLink], _ data: UnixFSData, fillings: Int = 1
    ) throws -> CID {
        var writer = ByteWriter()
        writer.append(data.encode())
        for _ in 0..<fillings {
            writer.append([0x7A, 0xE0, 0xA7, 0x12])
            writer.append([UInt8](repeating: 0, count: 300_000))
        }
        return try put(DagPBNode(links: links, data: writer.finish()).encode(), .dagPB)
    }

    private func twoLevels(
        of file: CID, byteCount: Int, count: Int = 2, fillings: Int = 1
    ) throws -> CID {
        let link = DagPBLink(cid: file, name: "", tsize: 1)
        var data = UnixFSData(type: .file)
        data.blockSizes = Array(repeating: UInt64(byteCount), count: count)
        data.fileSize = UInt64(count * byteCount)
        return try node(Array(repeating: link, count: count), data, fillings: fillings)
    }

    private func link(_ target: String) throws -> CID {
        var data = UnixFSData(type: .symlink)
        data.data = Bytes(utf8: target)
        return try node([], data)
    }

    private func shards(_ entries: [(String, CID)]) throws -> CID {
        var options = ImportOptions()
        options.hamtThreshold = 1
        var builder = DirectoryBuilder(options: options)
        for (name, cid) in entries {
            try builder.add(Bytes(utf8: name), Child(cid: cid, fileByteCount: 4, tsize: 4))
        }
        return try builder.finish { bytes, codec in try put(bytes, codec) }.cid
    }

    /// A map of two long keys with links, in dag-cbor.
    private static func map(of cid: CID, key: String) -> Bytes {
        var writer = ByteWriter()
        writer.append([0xA2])
        for end in ["a", "b"] {
            let key = key + end
            writer.append([0x7A])
            writer.appendBigEndian(UInt32(key.utf8.count))
            writer.append(utf8: key)
            append(cid, to: &writer)
        }
        return writer.finish()
    }

    private static func append(_ cid: CID, to writer: inout ByteWriter) {
        writer.append([0xD8, 0x2A, 0x58, UInt8(cid.bytes.count + 1), 0])
        writer.append(cid.bytes)
    }

    /// A list of a long text and some links, in dag-cbor.
    private static func array(of cid: CID) -> Bytes {
        var writer = ByteWriter()
        writer.append([0x83, 0x7A, 0, 0x04, 0x93, 0xE0])
        writer.append(utf8: String(repeating: "x", count: 300_000))
        for _ in 0..<2 { append(cid, to: &writer) }
        return writer.finish()
    }
}
