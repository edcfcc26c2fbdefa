import Buffers
import Multiformats
import TestSupport
import Testing
import UnixFS

/// The CIDs that one recognises.
@Suite(.timeLimit(.minutes(40)))
struct SmallCIDTests {
    private static let emptyDirectory = TestTree.directory([:])
    private static let emptyFile = TestTree.file(.bytes(.empty))
    private static let hello = TestTree.file(.text("hello\n"))

    @Test(
        arguments: [
            (emptyDirectory, [], "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"),
            (
                emptyDirectory, ["--cid-version=1"],
                "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354"
            ),
            (emptyDirectory, ["--inline"], "bafyaabakaieac"),
            (emptyFile, [], "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH"),
            (
                emptyFile, ["--cid-version=1", "--raw-leaves=false"],
                "bafybeif7ztnhq65lumvvtr4ekcwd2ifwgm3awq4zfr3srh462rwyinlb4y"
            ),
            (
                emptyFile, ["--cid-version=1"],
                "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"
            ),
            (emptyFile, ["--cid-version=1", "--inline"], "bafkqaaa"),
            (hello, [], "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"),
            (
                hello, ["--cid-version=1"],
                "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am"
            ),
            (
                .directory(["foo": .file(.text("content\n")), "bar": .symlink("foo")]), [],
                "QmWvY6FaqFMS89YAQ9NAPjVP4WZKA1qbHbicc9HeSKQTgt"
            ),
        ] as [(TestTree, [String], String)])
    func theCIDIsTheKnownOne(tree: TestTree, flags: [String], cid: String) throws {
        var request = ImportRequest()
        for flag in flags { try request.set(flag) }
        let importer = try TestImporter(try .resolve(from: request))
        #expect(try importer.add(tree, name: "").cid.text() == cid)
    }
}
