import Multiformats
import Testing
import UnixFS

/// The table of IPIP-499, by `--profile`; the rows of 1 GiB are in `KuboCIDsTests`.
@Suite(.timeLimit(.minutes(40)))
struct ImportProfileTests {
    private static let vectors = KuboCIDVector.all.filter {
        ["ipip499-v0", "ipip499-v1"].contains($0.id.prefix(10))
    }

    /// `KuboCIDsTests` imports all of them with the parameters of the vector; so what is left to
    /// show is that the profile stands for the same.
    @Test(arguments: vectors)
    func theProfileStandsForTheParametersOfIPIP499(_ vector: KuboCIDVector) throws {
        var request = ImportRequest()
        request.profile =
            vector.id.hasPrefix("ipip499-v0") ? "unixfs-v0-2015" : "unixfs-v1-2025"
        let options = try ImportOptions.resolve(from: request)
        #expect(options.profile?.name == request.profile)
        var expected = try vector.options()
        (expected.preservesMode, expected.preservesMtime) = (false, false)
        expected.includesHidden = false
        #expect(options == expected)
        guard vector.cost == "small" else { return }
        let importer = try TestImporter(options)
        #expect(try importer.add(try vector.tree(), name: "").cid.text() == vector.expectedCid)
    }

    @Test func theTableHasFourteenRows() { #expect(Self.vectors.count == 14) }

    @Test func anAliasAndSingleOptionsWork() throws {
        var request = ImportRequest()
        request.profile = "legacy-cid-v0"
        #expect(try ImportOptions.resolve(from: request).profile == .unixfsV0)
        request.profile = "unixfs-v1-2025"
        request.chunker = "size-262144"
        let options = try ImportOptions.resolve(from: request)
        #expect(options.profile == nil)
        #expect(options.maxFileLinks == 1024 && options.chunker == .fixed(262_144))
    }

    @Test(arguments: ["test-cid-v1", "test-cid-v1-wide", "unixfs"])
    func otherProfilesAreRefusedWithAHint(name: String) {
        let error = #expect(throws: UnixFSError.self) { try ImportProfile(named: name) }
        #expect(error?.message.contains("unixfs-v1-2025") == true)
    }
}
