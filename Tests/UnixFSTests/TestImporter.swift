import Buffers
import IPLD
import Multiformats
import TestSupport
import UnixFS

/// A driver for the builders, on one thread and in memory: what `Content` does with all cores.
struct TestImporter {
    let options: ImportOptions
    let blocks: MemoryBlocks
    private let seal: (Bytes, Multicodec) throws -> CID

    init(_ options: ImportOptions, into blocks: MemoryBlocks = MemoryBlocks()) throws {
        self.options = options
        self.blocks = blocks
        seal = try blocks.sealer(options)
    }

    /// Adds a tree as it would be given on the command line.
    func add(_ tree: TestTree, name: String) throws -> Child {
        let child = try build(tree)
        guard options.wrapsWithDirectory else { return child }
        let metadata = options.metadata(of: .wrapper)
        var wrapper = DirectoryBuilder(options: options, metadata: metadata)
        try wrapper.add(Bytes(utf8: name), child)
        return try wrapper.finish(seal: seal)
    }

    private func build(_ tree: TestTree) throws -> Child {
        switch tree {
        case .file(let input, let own):
            let metadata = options.metadata(of: .file, mode: own.mode, mtime: own.mtime)
            return try file(input, metadata: metadata)
        case .fileWith(let other, let input):
            return try TestImporter(other, into: blocks).build(.file(input))
        case .symlink(let target, let own):
            let metadata = options.metadata(of: .symlink, mode: own.mode, mtime: own.mtime)
            return try Symlink.build(
                target: Bytes(utf8: target), mtime: metadata.mtime, seal: seal)
        case .directory(let entries, let own):
            let metadata = options.metadata(of: .directory, mode: own.mode, mtime: own.mtime)
            var builder = DirectoryBuilder(options: options, metadata: metadata)
            for (name, entry) in entries where isIncluded(name, entry) {
                try builder.add(Bytes(utf8: name), try build(entry))
            }
            return try builder.finish(seal: seal)
        }
    }

    private func isIncluded(_ name: String, _ entry: TestTree) -> Bool {
        if name.hasPrefix("."), !options.includesHidden { return false }
        guard !options.includesEmptyDirectories, case .directory(let inside, _) = entry else {
            return true
        }
        return inside.contains { !$0.key.hasPrefix(".") || options.includesHidden }
    }

    func file(_ input: TestInput, metadata: UnixFSMetadata = UnixFSMetadata()) throws -> Child {
        var builder = FileBuilder(options: options, metadata: metadata)
        func append(_ leaf: Leaf) throws {
            let encoded = leaf.encode()
            try builder.append(
                encoded.child(try seal(encoded.bytes, encoded.codec)), seal: seal)
        }
        try input.forEachPiece { piece in
            builder.feed(piece)
            while let leaf = builder.nextLeaf() { try append(leaf) }
        }
        for leaf in builder.finishLeaves() { try append(leaf) }
        return try builder.finish(seal: seal)
    }
}
