import Buffers
import IPLD
import Multiformats
import TestSupport
import Testing
import UnixFS
import Vault

/// Reads a stored DAG back and compares it with what went in.
struct TestExporter {
    let blocks: MemoryBlocks
    let options: ImportOptions

    /// Checks a tree as it was given to `TestImporter.add`.
    func expect(_ tree: TestTree, name: String, at root: CID) throws {
        guard options.wrapsWithDirectory else { return try expect(tree, at: root) }
        let entry = try lookup(name, in: root)
        try expect(tree, at: try #require(entry).cid)
    }

    private func expect(_ tree: TestTree, at cid: CID) throws {
        switch tree {
        case .file(let input, _), .fileWith(_, let input): try expectFile(input, at: cid)
        case .symlink(let target, _):
            let block = Block(cid: cid, bytes: try blocks.block(cid))
            guard case .symlink(let node) = try UnixFSNode.read(block) else {
                Issue.record("\(cid) is no symlink")
                return
            }
            #expect(node.target == Bytes(utf8: target))
        case .directory(let entries, _): try expectDirectory(entries, at: cid)
        }
    }

    func expectFile(_ input: TestInput, at cid: CID) throws {
        var reader = try FileReader(root: cid, from: blocks)
        #expect(reader.size == UInt64(input.byteCount))
        var read = ByteWriter(capacity: input.byteCount)
        while let piece = try reader.next(from: blocks) { read.append(piece.bytes) }
        let (left, right) = (read.finish(), try input.contents())
        #expect(left.count == right.count)
        #expect(
            try HashFunction.sha2_256.multihash(of: left)
                == HashFunction.sha2_256.multihash(of: right))
    }

    private func expectDirectory(_ entries: [String: TestTree], at cid: CID) throws {
        var reader = try DirectoryReader(root: cid, from: blocks)
        var found: [String: CID] = [:]
        while let entry = try reader.next(from: blocks) {
            found[try #require(entry.name.utf8Text)] = entry.cid
        }
        for (index, (name, entry)) in entries.enumerated() where !isLeftOut(name, entry) {
            let match = found.removeValue(forKey: name)
            let child = try #require(match, "\(name) is missing")
            // A look-up decodes the whole directory: 40 of the names of a big one are enough.
            if index % (entries.count / 40 + 1) == 0 {
                #expect(try lookup(name, in: cid)?.cid == child)
            }
            try expect(entry, at: child)
        }
        #expect(found.isEmpty)
    }

    private func lookup(_ name: String, in root: CID) throws -> DirectoryEntry? {
        let block = Block(cid: root, bytes: try blocks.block(root))
        return try DirectoryReader.lookup(Bytes(utf8: name), in: block, from: blocks).entry
    }

    private func isLeftOut(_ name: String, _ entry: TestTree) -> Bool {
        if name.hasPrefix("."), !options.includesHidden { return true }
        guard !options.includesEmptyDirectories, case .directory(let inside, _) = entry else {
            return false
        }
        return !inside.contains { !$0.key.hasPrefix(".") || options.includesHidden }
    }
}
