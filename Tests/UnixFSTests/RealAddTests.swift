import Multiformats
import TestSupport
import Testing
import UnixFS

/// A folder whose CIDs Kubo's `--only-hash` gets wrong; here both are one.
@Suite(.timeLimit(.minutes(40)))
struct RealAddTests {
    private static let common = ["--max-directory-links=4"]

    @Test(arguments: [
        (
            common + ["--cid-version=1", "--max-hamt-fanout=256"],
            "bafybeifg5mltwk4r3hlx54e6olyjnozznzqrbsz3k7vuyewqs2rmsbjs6e"
        ),
        (
            common + ["--cid-version=1", "--max-hamt-fanout=8"],
            "bafybeidhbn7qkplnyua6xn6vsiptw653houraypso3s7dozhvzvi47lqsy"
        ),
        (
            common + ["--cid-version=1", "--max-hamt-fanout=1024"],
            "bafybeic6nr5ggzhwhary2piay452s4r6jchrxiga4ft6o77bndiivcjrai"
        ),
        (["--cid-version=1"], "bafybeihztk6krqwbidruy63qh46c5ylh5pshunapgces2xyu52dzv3ixsy"),
        (common + ["--preserve-mtime"], "QmbUYzaZtWmPFKFSFnypEiyR9gudZSoRmXh8KBXjFmg2Nu"),
        (common + ["--mode=0640"], "QmQ4eo5c1isHZuuBE2Ke9LUnPDRS4QGCKYXsQCms5VG8a2"),
        (["--preserve-mtime"], "QmUy7whdbP8NTqzUFcM3jpykfsasfbxuFEmL3AUW8Ae4QP"),
    ])
    func theCIDIsThatOfARealAdd(flags: [String], cid: String) throws {
        let own = UnixFSMetadata(mtime: ModificationTime(seconds: 1_700_000_000))
        let entries = (0..<5).map { ("ü\($0)", TestTree.file(.text(String($0)), own)) }
        let tree = TestTree.directory(Dictionary(uniqueKeysWithValues: entries), own)
        var request = ImportRequest()
        for flag in flags { try request.set(flag) }
        for onlyHash in [false, true] {
            request.onlyHash = onlyHash
            let importer = try TestImporter(try .resolve(from: request))
            #expect(try importer.add(tree, name: "").cid.text() == cid)
        }
    }
}
