import Buffers
import Multiformats
import Testing
import UnixFS

@testable import Content

/// A name is taken when an entry has it, and not when an entry's name has the same hash.
@Suite(.timeLimit(.minutes(40)))
struct AddFolderTests {
    private static let child = Child(
        cid: .v1(.raw, Multihash(code: .identity, digest: [])), fileByteCount: 0, tsize: 0)

    /// With every hash alike, alike by twos, and as they are.
    private static let hashes: [@Sendable (Bytes) -> Int] = [
        { _ in 0 }, { $0.count }, { $0.hashValue },
    ]

    @Test(arguments: hashes.indices)
    func namesOfOneHashAreDifferentNames(index: Int) throws {
        let scratch = try ScratchLibrary()
        let folder = AddFolder(
            scratch.access.makeEntryShare(), options: ImportOptions(), hash: Self.hashes[index])
        // Enough for several pages of the table.
        let names = (0..<900).map { Bytes(utf8: String(repeating: "n", count: 200) + "\($0)") }
        for name in names { try folder.add(name, Self.child) }
        _ = try folder.folder("folder")
        for name in [names[0], names[450], names[899]] {
            #expect(throws: ContentError.self) { try folder.add(name, Self.child) }
            #expect(throws: ContentError.self) { try folder.folder(name) }
        }
        #expect(throws: ContentError.self) { try folder.add("folder", Self.child) }
        #expect(try folder.folder("folder") === folder.folder("folder"))
        #expect(!folder.isEmpty)
    }

    /// The folders of an add are finished one after the other, and what orders their entries counts as
    /// what their names were kept with before.
    @Test func aFinishedFolderKeepsNothingOfItsEntries() throws {
        let scratch = try ScratchLibrary()
        let metadata = UnixFSMetadata(mode: 0o755, mtime: nil)
        let folder = AddFolder(
            scratch.access.makeEntryShare(), options: ImportOptions(), metadata: metadata)
        for number in 0..<900 { try folder.add(Bytes(utf8: "\(number)"), Self.child) }
        var blocks: [Bytes] = []
        let child = try folder.finish(at: .top) { block, _ in
            blocks.append(block)
            return Self.child.cid
        } report: { _, _, folder in
            #expect(folder.isEmpty)
            #expect(folder.metadata == metadata)
        }
        #expect(blocks.count == 1)
        #expect(child.tsize == UInt64(blocks.reduce(0) { $0 + $1.count }))
        #expect(folder.isEmpty)
    }
}
