import Multiformats
import Testing
import UnixFS

/// How the options of `add` act on each other.
@Suite(.timeLimit(.minutes(40)))
struct ImportOptionsTests {
    @Test(arguments: [
        ([], CID.Version.v0, false), (["--cid-version=1"], .v1, true),
        (["--cid-version=1", "--raw-leaves=false"], .v1, false), (["--raw-leaves"], .v0, true),
        (["--hash=sha2-512"], .v1, true), (["--hash=SHA2-512", "--cid-version=1"], .v1, true),
        (["--cid-version=1", "--mode=0644"], .v1, false),
        (["--cid-version=1", "--mode=0"], .v1, true),
        (["--cid-version=1", "--mtime=0"], .v1, true),
        (["--cid-version=1", "--mtime=-5"], .v1, false),
        (["--cid-version=1", "--preserve-mode"], .v1, false),
        (["--cid-version=1", "--preserve-mtime"], .v1, false),
    ])
    func versionAndLeavesFollowFromEachOther(
        flags: [String], version: CID.Version, rawLeaves: Bool
    ) throws {
        let options = try Self.options(flags)
        #expect(options.cidVersion == version)
        #expect(options.rawLeaves == rawLeaves)
    }

    @Test(arguments: [
        (["--hash=sha2-512", "--cid-version=0"], "CIDv0 only supports sha2-256"),
        (["--cid-version=2"], "unknown CID version: 2"),
        (
            ["--raw-leaves", "--mode=0644"],
            "raw-leaves can't be used with UnixFS metadata like mode or modification time"
        ),
        (
            ["--raw-leaves", "--preserve-mtime"],
            "raw-leaves can't be used with UnixFS metadata like mode or modification time"
        ),
        (["--max-file-links=1"], "max-file-links must be at least 2"),
        (
            ["--max-hamt-fanout=4"],
            "HAMT fanout must be a power of 2, between 8 and 1024 (got 4)"
        ),
        (
            ["--max-hamt-fanout=24"],
            "HAMT fanout must be a power of 2, between 8 and 1024 (got 24)"
        ),
        (
            ["--mtime=1", "--mtime-nsecs=0"],
            "mtime nanoseconds must be in range [1, 999999999]"
        ),
    ])
    func whatDoesNotGoTogetherIsRefused(flags: [String], message: String) {
        #expect(throws: UnixFSError(.invalidOption, message)) { try Self.options(flags) }
    }

    @Test func outputOptionsThatExcludeEachOtherAreRefused() {
        var request = ImportRequest()
        request.pin = false
        request.pinName = "n"
        #expect(throws: UnixFSError(.invalidOption, "pin-name option requires pin to be set")) {
            try ImportOptions.resolve(from: request)
        }
        request = ImportRequest()
        request.toFiles = "/"
        request.onlyHash = true
        #expect(throws: UnixFSError.self) { try ImportOptions.resolve(from: request) }
        request.onlyHash = false
        request.wrapWithDirectory = true
        #expect(throws: UnixFSError.self) { try ImportOptions.resolve(from: request) }
    }

    @Test func anInlineLimitCountsOnlyWithInline() throws {
        #expect(try Self.options(["--inline-limit=200"]).inlineLimit == nil)
        #expect(try Self.options(["--inline"]).inlineLimit == 32)
        #expect(try Self.options(["--inline", "--inline-limit=128"]).inlines(byteCount: 128))
    }

    @Test func anExplicitValueWinsOverAPreservedOne() throws {
        let own = try #require(ModificationTime(seconds: 7))
        let options = try Self.options(["--preserve-mode", "--preserve-mtime", "--mtime=5"])
        let file = options.metadata(of: .file, mode: 0o104755, mtime: own)
        #expect(file.mode == 0o4755)
        #expect(file.mtime?.seconds == 5)
        let wrapper = options.metadata(of: .wrapper, mode: 0o755, mtime: own)
        #expect(wrapper.mode == nil && wrapper.mtime?.seconds == 5)
        let link = try Self.options(["--mode=0644", "--preserve-mtime"])
            .metadata(of: .symlink, mode: 0o777, mtime: own)
        #expect(link.mode == nil && link.mtime == own)
    }

    @Test func theConfigurationAppliesWhereNothingIsAskedFor() throws {
        var defaults = ImportDefaults()
        defaults.cidVersion = 1
        defaults.rawLeaves = false
        defaults.layout = .trickle
        defaults.fileMaxLinks = 10
        var request = ImportRequest()
        var options = try ImportOptions.resolve(from: request, defaults: defaults)
        #expect(options.cidVersion == .v1 && !options.rawLeaves && options.layout == .trickle)
        #expect(options.maxFileLinks == 10)
        request.trickle = false
        request.cidVersion = 0
        options = try ImportOptions.resolve(from: request, defaults: defaults)
        #expect(options.cidVersion == .v0 && options.layout == .balanced)
    }

    private static func options(_ flags: [String]) throws -> ImportOptions {
        var request = ImportRequest()
        for flag in flags { try request.set(flag) }
        return try .resolve(from: request)
    }
}
