import Buffers
import Execution
import TestSupport
import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(40)))
struct TarTests {
    /// Packs a folder with the system's tar.
    private func archive(_ folder: String, _ name: String, _ options: [String] = []) throws -> Bytes
    {
        let process = try ChildProcess.run("tar", options + ["-cf", "-", "-C", folder, name])
        try #require(process.exitCode == 0, "\(process.errorText)")
        return process.output
    }

    /// - Parameter end: what is put behind the archive; another end changes nothing.
    private func extract(
        _ archive: Bytes, to output: String, pieceByteCount: Int = 1_000, end: Bytes = Self.end
    ) throws {
        var reader = TarReader()
        let extractor = TarExtractor(output: Bytes(utf8: output))
        var rest = archive.appending(end)
        while !rest.isEmpty {
            let piece = rest.prefix(pieceByteCount)
            rest = rest.dropFirst(piece.count)
            try reader.feed(piece) { try extractor.take($0) }
        }
        try reader.finish()
        try extractor.finish()
    }

    private static let end = Bytes([UInt8](repeating: 0, count: 1_024))

    @Test(arguments: [["--format=ustar"], ["--format=pax"]], [1, 511, 512, 70_000])
    func foldersComeBackAsTheyWere(options: [String], pieceByteCount: Int) throws {
        let place = try TestPlace(makesRepository: false)
        try place.makeSampleFolder()
        try place.write("dir/" + String(repeating: "long-", count: 18) + "name", "long\n")
        try place.write("dir/large", String(repeating: "x", count: 5_000))
        try File.setPermissions(place.path("dir/a"), 0o640)
        try File.setModified(place.path("dir/a"), WallTime(seconds: 1_000_000_000))
        try extract(
            try archive(place.folder, "dir", options), to: place.path("out"),
            pieceByteCount: pieceByteCount)
        let compared = try ChildProcess.run(
            "diff", ["-r", "--no-dereference", place.path("dir"), place.path("out")])
        #expect(compared.exitCode == 0, "\(compared.outputText)")
        let status = try File.status(of: place.path("out/a"))
        #expect(status.mode == 0o640)
        #expect(status.modified.seconds == 1_000_000_000)
    }

    @Test func foldersAboveTheOutputAreMade() throws {
        let place = try TestPlace(makesRepository: false)
        try extract(tarHeader("dir/", type: "5"), to: place.path("a/b/out"))
        #expect(try File.status(of: place.path("a/b/out")).kind == .folder)
    }

    @Test func aSingleFileGoesIntoAFolderThatIsThere() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("f", "f\n")
        try File.makeFolder(place.path("out"))
        try extract(try archive(place.folder, "f"), to: place.path("out"))
        #expect(try File.readAll(place.path("out/f"), limit: 9).utf8Text == "f\n")
    }

    @Test(arguments: ["dir/../../evil", "../evil", "/evil", "other/x", "dir//x", "dir/./x"])
    func namesThatLeadElsewhereAreRefused(name: String) throws {
        let place = try TestPlace(makesRepository: false)
        let entries = [tarHeader("dir/", type: "5"), tarHeader(name, type: "0")]
        #expect(throws: TarError.self) {
            try extract(entries.joined(separator: .empty), to: place.path("out"))
        }
        #expect(try !File.exists(place.path("evil")))
    }

    @Test func noLinkIsFollowed() throws {
        let place = try TestPlace(makesRepository: false)
        try File.makeFolder(place.path("target"))
        let entries = [
            tarHeader("dir/", type: "5"), tarHeader("dir/l", type: "2", link: "../target"),
            tarHeader("dir/l/x", type: "0"),
        ]
        #expect(throws: TarError.self) {
            try extract(entries.joined(separator: .empty), to: place.path("out"))
        }
        #expect(try !File.exists(place.path("target/x")))
    }

    @Test func aLinkThatWasThereIsReplacedAndNotWrittenThrough() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("precious", "keep\n")
        try File.makeFolder(place.path("out"))
        try File.makeLink(place.path("out/f"), to: "../precious")
        let entries = [tarHeader("dir/", type: "5"), tarHeader("dir/f", type: "0")]
        try extract(entries.joined(separator: .empty), to: place.path("out"))
        #expect(try File.readAll(place.path("precious"), limit: 9).utf8Text == "keep\n")
        #expect(try File.status(of: place.path("out/f")).kind == .file)
    }

    @Test func anArchiveThatIsCutShortIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("f", String(repeating: "x", count: 2_000))
        let whole = try archive(place.folder, "f")
        #expect(throws: TarError.self) {
            try extract(whole.prefix(1_500), to: place.path("out"), end: .empty)
        }
        #expect(try !File.exists(place.path("out")), "nothing that looks whole is left")
        #expect(try File.names(in: place.folder).allSatisfy { !$0.contains(".part-") })
    }

    /// An archive may be cut between two entries, behind records, or at its first byte.
    @Test func anArchiveWithoutItsEndIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        let folder = tarHeader("dir/", type: "5")
        let file = tarHeader("dir/f", type: "0")
        let archives = [
            .empty, folder, folder.appending(file),
            folder.appending(TarHeaderBytes.pax(("path", "dir/g"))),
        ]
        for archive in archives {
            let error = #expect(throws: TarError.self) {
                try extract(archive, to: place.path("out"), end: .empty)
            }
            #expect(error?.description == "the archive ends too early")
        }
        let error = #expect(throws: TarError.self) { try extract(.empty, to: place.path("none")) }
        #expect(error?.description == "the archive is empty")
        #expect(try !File.exists(place.path("none")))
    }

    /// Entries behind a lone block of zeros would be left out without a word.
    @Test func whatStandsBehindABlockOfZerosIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        let folder = tarHeader("dir/", type: "5")
        let zeros = Bytes([UInt8](repeating: 0, count: 512))
        let gap = folder.appending(zeros).appending(tarHeader("dir/f", type: "0"))
        #expect(throws: TarError.self) { try extract(gap, to: place.path("out")) }
        let records = folder.appending(TarHeaderBytes.pax(("path", "dir/g")))
        #expect(throws: TarError.self) { try extract(records, to: place.path("out")) }
    }

    @Test func foldersThatWereThereKeepTheirModes() throws {
        let place = try TestPlace(makesRepository: false)
        let time = WallTime(seconds: 1_000_000_000)
        for name in ["out/old", "out"] {
            try File.makeFolder(place.path(name))
            try File.setPermissions(place.path(name), 0o750)
            try File.setModified(place.path(name), time)
        }
        func folder(_ name: Bytes) -> Bytes {
            TarHeaderBytes(
                name: name, type: UInt8(ascii: "5"), mode: "0000705", time: "00000000777"
            ).encoded
        }
        try extract(folder("dir/").appending(folder("dir/old/")), to: place.path("out"))
        for name in ["out/old", "out"] {
            let status = try File.status(of: place.path(name))
            #expect(status.mode == 0o750)
            #expect(status.modified == time)
        }
        // What is new has the stranger's, and changes the time of the folder that it is in.
        try extract(folder("dir/").appending(folder("dir/new/")), to: place.path("out"))
        let status = try File.status(of: place.path("out/new"))
        #expect(status.mode & 0o700 == 0o700 && status.modified.seconds == 0o777)
        #expect(try File.status(of: place.path("out")).mode == 0o750)
    }

    @Test func whatHasNoTimeHasThatOfItsWriting() throws {
        let place = try TestPlace()
        let before = WallTime.now
        let made = try place.shell(
            "mkdir -p dir/sub && touch dir/f && ln -s f dir/l && touch -h -d @0 dir/f dir/l && "
                + "touch -d @0 dir/sub dir && holdfast get -o plain $(holdfast add -rQ dir) && "
                + "holdfast get -o dated $(holdfast add -rQ --preserve-mtime dir)")
        #expect(made.exitCode == 0, "\(made.errorText)")
        for name in ["", "/sub", "/f", "/l"] {
            let plain = try File.status(of: place.path("plain") + name).modified
            #expect(plain.seconds >= before.seconds, "\(name)")
        }
        // 1970-01-01 is a time like others where the content has it.
        for name in ["/sub", "/f", "/l"] {
            let dated = try File.status(of: place.path("dated") + name).modified
            #expect(dated == WallTime(seconds: 0), "\(name)")
        }
    }

    /// The process's mask is one for all threads, so the program has its own here.
    @Test func theUsersMaskIsRespected() throws {
        let place = try TestPlace()
        let made = """
            mkdir -p dir/sub && touch dir/f dir/sub/x && chmod 777 dir dir/sub && \
            chmod 666 dir/f && chmod 500 dir/sub && \
            cid=$(holdfast add -rQ --preserve-mode dir) && umask 027 && \
            holdfast get -o out $cid && stat -c %a out out/sub out/f
            """
        let got = try place.shell(made)
        #expect(got.exitCode == 0, "\(got.errorText)")
        #expect(got.outputText.hasSuffix("\n750\n500\n640\n"), "\(got.outputText)")
        _ = try place.shell("chmod 700 dir/sub out/sub")
    }

    @Test func aDamagedHeaderIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        var header = tarHeader("dir/", type: "5").array
        header[0] ^= 1
        #expect(throws: TarError.self) { try extract(Bytes(header), to: place.path("out")) }
    }

    @Test(
        arguments: [
            (["dir/l/x"], "no such folder"), (["dir/a/b/c"], "no such folder"),
            (["dir/x", "dir/x"], "two entries"), (["dir/l/"], "is empty"),
            (
                [Bytes("dir/").appending(Bytes([UInt8](repeating: 0x61, count: 256)))],
                "longer than 255"
            ),
            (["dir/a\0b"], "has a NUL byte"), (["dir/"], "is empty"),
        ] as [([Bytes], String)])
    func whatTheFileSystemCannotHoldIsNamed(paths: [Bytes], fault: String) throws {
        let place = try TestPlace(makesRepository: false)
        var parts = [tarHeader("dir/", type: "5")]
        for path in paths {
            parts += [TarHeaderBytes.pax(("path", path)), TarHeaderBytes(name: "x").encoded]
        }
        let error = #expect(throws: TarError.self) {
            try extract(parts.joined(separator: .empty), to: place.path("out"))
        }
        #expect(error?.description.contains(fault) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("--archive") == true)
    }

    @Test func twinsOfUnicodeAreTwoFolders() throws {
        let place = try TestPlace(makesRepository: false)
        try File.makeFolder(place.path("elsewhere"))
        for (first, second) in [("\u{e9}", "e\u{301}"), ("e\u{301}", "\u{e9}")] {
            try? File.removeTree(place.path("out"))
            let parts = [
                tarHeader("dir/", type: "5"), tarHeader("dir/\(first)/", type: "5"),
                tarHeader("dir/\(second)", type: "2", link: "../elsewhere"),
                tarHeader("dir/\(second)/x", type: "0"),
            ]
            #expect(throws: TarError.self) {
                try extract(parts.joined(separator: .empty), to: place.path("out"))
            }
            #expect(try File.rawNames(in: place.path("elsewhere")) == [])
        }
    }

    @Test(arguments: ["", "a\0b"] as [Bytes])
    func aLinkThatPointsNowhereIsRefused(target: Bytes) throws {
        let place = try TestPlace(makesRepository: false)
        let parts = [
            tarHeader("dir/", type: "5"), TarHeaderBytes.pax(("linkpath", target)),
            TarHeaderBytes(name: "dir/l", type: UInt8(ascii: "2")).encoded,
        ]
        let error = #expect(throws: TarError.self) {
            try extract(parts.joined(separator: .empty), to: place.path("out"))
        }
        #expect(error?.description.hasPrefix("dir/l: the target of the link") == true)
        #expect(try File.rawNames(in: place.path("out")) == [])
    }

    @Test func aTargetThatIsTooLongIsTheSystemsErrorWithAdvice() throws {
        let place = try TestPlace(makesRepository: false)
        let target = Bytes([UInt8](repeating: 0x61, count: 5_000))
        let parts = [
            tarHeader("dir/", type: "5"), TarHeaderBytes.pax(("linkpath", target)),
            TarHeaderBytes(name: "dir/l", type: UInt8(ascii: "2")).encoded,
        ]
        let error = #expect(throws: TarError.self) {
            try extract(parts.joined(separator: .empty), to: place.path("out"))
        }
        #expect(error?.description.contains("name too long") == true)
        #expect(error?.description.contains("--archive") == true)
    }

    @Test func aFolderIsNotMadeInThePlaceOfALink() throws {
        let place = try TestPlace(makesRepository: false)
        try File.makeFolder(place.path("elsewhere"))
        try File.makeFolder(place.path("out"))
        try File.makeLink(place.path("out/sub"), to: "../elsewhere")
        let parts = [
            tarHeader("dir/", type: "5"), tarHeader("dir/sub/", type: "5"),
            tarHeader("dir/sub/x", type: "0"),
        ]
        let error = #expect(throws: TarError.self) {
            try extract(parts.joined(separator: .empty), to: place.path("out"))
        }
        #expect(error?.description.contains("is in the way") == true)
        #expect(try File.rawNames(in: place.path("elsewhere")) == [])
    }

    @Test func foldersAreNotNestedWithoutEnd() throws {
        let place = try TestPlace(makesRepository: false)
        var parts: [Bytes] = []
        var path: Bytes = "d"
        for _ in 0...512 {
            parts += [
                TarHeaderBytes.pax(("path", path.appending("/"))),
                TarHeaderBytes(name: "d", type: UInt8(ascii: "5")).encoded,
            ]
            path = path.appending("/d")
        }
        let error = #expect(throws: TarError.self) {
            try extract(parts.joined(separator: .empty), to: place.path("out"))
        }
        #expect(error?.description.contains("more than 512 folders inside each other") == true)
    }

    @Test func aFolderWithoutPermissionsIsFilledFirst() throws {
        let place = try TestPlace(makesRepository: false)
        let parts = [
            TarHeaderBytes(name: "dir/", type: UInt8(ascii: "5"), mode: "0000500").encoded,
            tarHeader("dir/sub/", type: "5"), tarHeader("dir/sub/x", type: "0"),
            tarHeader("dir/y", type: "0"),
        ]
        try extract(parts.joined(separator: .empty), to: place.path("out"))
        #expect(try File.rawNames(in: place.path("out")) == ["sub", "y"])
        #expect(try File.status(of: place.path("out")).mode == 0o500)
        try File.setPermissions(place.path("out"), 0o700)
    }

    /// A header without content.
    private func tarHeader(_ name: String, type: Unicode.Scalar, link: String = "") -> Bytes {
        TarHeaderBytes(
            name: Bytes(utf8: name), type: UInt8(ascii: type), link: Bytes(utf8: link)
        ).encoded
    }
}
