import Buffers
import Multiformats
import TestSupport
import Testing
import UnixFS
import Vault

/// All CIDs of `kubo-cids.json`: the 105 of at most 64 MiB always, the six large ones (100 MiB to
/// 1 GiB) when `HOLDFAST_TEST_ALL` is set.
///
/// The vectors that come from MFS are among them: files written with `files/write` are trickle
/// layouts whose parameters the file gives. What only MFS itself can show (appending to a stored
/// file, removing names from a HAMT) belongs to the module that builds MFS.
@Suite(.timeLimit(.minutes(40)))
struct KuboCIDsTests {
    @Test(arguments: KuboCIDVector.all.filter { $0.cost != "large" })
    func theCIDIsTheOneThatKuboPublished(_ vector: KuboCIDVector) throws {
        try check(vector)
    }

    @Test(
        .enabled(if: TestScale.isFull, "set HOLDFAST_TEST_ALL for inputs of 100 MiB to 1 GiB"),
        arguments: KuboCIDVector.all.filter { $0.cost == "large" })
    func theCIDOfALargeInputIsTheOneThatKuboPublished(_ vector: KuboCIDVector) throws {
        try check(vector)
    }

    @Test func theFileHasAllVectors() {
        #expect(KuboCIDVector.all.count == 111)
        #expect(KuboCIDVector.all.count { $0.cost == "large" } == 6)
    }

    private func check(_ vector: KuboCIDVector) throws {
        let isLarge = vector.cost == "large"
        let importer = try TestImporter(
            try vector.options(), into: MemoryBlocks(keepsLeaves: !isLarge))
        var tree = try vector.tree()
        if !isLarge, case .file(let input, let own) = tree {
            let contents = try input.contents()
            if let digest = vector.inputSha256 {
                #expect(try HashFunction.sha2_256.digest(of: contents).hex == digest)
            }
            tree = .file(.bytes(contents), own)
        }
        let root = try importer.add(tree, name: "")
        #expect(root.cid.text() == vector.expectedCid)
        #expect(root.tsize == vector.expectedTsize)
        guard !isLarge else { return }
        try TestExporter(blocks: importer.blocks, options: importer.options)
            .expect(tree, name: "", at: root.cid)
    }
}
