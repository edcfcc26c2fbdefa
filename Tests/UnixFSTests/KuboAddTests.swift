import Multiformats
import TestSupport
import Testing
import UnixFS

/// All recorded runs of `ipfs add`, as real adds: CID or error text, and back to the same bytes.
@Suite(.timeLimit(.minutes(40)))
struct KuboAddTests {
    /// The folder that was added; its name matters where a directory is wrapped around it.
    private static let rootName = "root"

    @Test(arguments: RecordedAdd.all)
    func addGivesWhatKuboGives(_ recorded: RecordedAdd) throws {
        do {
            let importer = try TestImporter(try recorded.options())
            let tree = try recorded.tree()
            let root = try importer.add(tree, name: Self.rootName)
            #expect(root.cid.text() == recorded.cid)
            try TestExporter(blocks: importer.blocks, options: importer.options)
                .expect(tree, name: Self.rootName, at: root.cid)
        } catch {
            #expect("Error: \(error)" == recorded.error)
        }
    }

    @Test func theFileHasAllCases() {
        #expect(RecordedAdd.all.count == 392)
        #expect(RecordedAdd.all.count { $0.error != nil } == 20)
    }
}
