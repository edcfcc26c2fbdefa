import Buffers
import IPLD
import Multiformats
import UnixFS

/// Where builders put blocks: numbers take the place of hashes, so no time goes into hashing.
final class SealedBlocks: BlockSource {
    struct Missing: Error {}

    private var bytes: [CID: Bytes] = [:]

    func block(_ cid: CID) throws -> Bytes {
        guard let bytes = bytes[cid] else { throw Missing() }
        return bytes
    }

    func seal(_ block: Bytes, _ codec: Multicodec) -> CID {
        let number = UInt64(bytes.count)
        let cid = CID.v1(codec, Multihash(code: .sha2_256, inline32: (1, 2, 3, number)))
        bytes[cid] = block
        return cid
    }

    /// Adds a file as the importer does.
    func add(file content: Bytes, _ options: ImportOptions) throws -> Child {
        var builder = FileBuilder(options: options)
        for piece in Pieces(content) {
            builder.feed(piece)
            while let leaf = builder.nextLeaf() { try append(leaf, to: &builder) }
        }
        for leaf in builder.finishLeaves() { try append(leaf, to: &builder) }
        return try builder.finish(seal: seal)
    }

    private func append(_ leaf: Leaf, to builder: inout FileBuilder) throws {
        let encoded = leaf.encode()
        try builder.append(encoded.child(seal(encoded.bytes, encoded.codec)), seal: seal)
    }

    /// Everything that a reader gives of a file.
    func content(of file: Child) throws -> Bytes {
        try Finding.ifRefused("an added file cannot be read") {
            var reader = try FileReader(root: file.cid, from: self)
            var writer = ByteWriter()
            while let piece = try reader.next(from: self) { writer.append(piece.bytes) }
            return writer.finish()
        }
    }

    /// Adds a folder with the same file under many names, and finds them all.
    func checkFolder(of file: Child, _ options: ImportOptions) throws {
        let names = (0..<40).map { Bytes(utf8: "name \($0)") }
        let folder = try Finding.ifRefused("a folder cannot be built") {
            var builder = DirectoryBuilder(options: options)
            for name in names { try builder.add(name, file) }
            return try builder.finish(seal: seal)
        }
        let root = Block(cid: folder.cid, bytes: try block(folder.cid))
        for name in names {
            let entry = try Finding.ifRefused("a name cannot be looked up") {
                try DirectoryReader.lookup(name, in: root, from: self).entry
            }
            try Finding.unless(entry?.cid == file.cid, "a name is not found")
        }
    }
}
