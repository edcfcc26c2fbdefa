import Buffers
import Execution
import TestSupport
import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(20)))
struct TarTests {
    /// Packs a folder with the system's tar.
    private func archive(_ folder: String, _ name: String, _ options: [String] = []) throws -> Bytes
    {
        let process = try ChildProcess.run("tar", options + ["-cf", "-", "-C", folder, name])
        try #require(process.exitCode == 0, "\(process.errorText)")
        return process.output
    }

    private func extract(_ archive: Bytes, to output: String, pieceByteCount: Int = 1_000) throws {
        var reader = TarReader()
        let extractor = TarExtractor(output: output)
        var rest = archive
        while !rest.isEmpty {
            let piece = rest.prefix(pieceByteCount)
            rest = rest.dropFirst(piece.count)
            try reader.feed(piece) { try extractor.take($0) }
        }
        try reader.finish()
        try extractor.finish()
    }

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
            try extract(Bytes(entries.flatMap(\.self)), to: place.path("out"))
        }
        #expect(!File.exists(place.path("evil")))
    }

    @Test func noLinkIsFollowed() throws {
        let place = try TestPlace(makesRepository: false)
        try File.makeFolder(place.path("target"))
        let entries = [
            tarHeader("dir/", type: "5"), tarHeader("dir/l", type: "2", link: "../target"),
            tarHeader("dir/l/x", type: "0"),
        ]
        #expect(throws: TarError.self) {
            try extract(Bytes(entries.flatMap(\.self)), to: place.path("out"))
        }
        #expect(!File.exists(place.path("target/x")))
    }

    @Test func aLinkThatWasThereIsReplacedAndNotWrittenThrough() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("precious", "keep\n")
        try File.makeFolder(place.path("out"))
        try File.makeLink(place.path("out/f"), to: "../precious")
        let entries = [tarHeader("dir/", type: "5"), tarHeader("dir/f", type: "0")]
        try extract(Bytes(entries.flatMap(\.self)), to: place.path("out"))
        #expect(try File.readAll(place.path("precious"), limit: 9).utf8Text == "keep\n")
        #expect(try File.status(of: place.path("out/f")).kind == .file)
    }

    @Test func anArchiveThatIsCutShortIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("f", String(repeating: "x", count: 2_000))
        let whole = try archive(place.folder, "f")
        #expect(throws: TarError.self) { try extract(whole.prefix(1_500), to: place.path("out")) }
    }

    @Test func aDamagedHeaderIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        var header = tarHeader("dir/", type: "5")
        header[0] ^= 1
        #expect(throws: TarError.self) { try extract(Bytes(header), to: place.path("out")) }
    }

    /// A header without content.
    private func tarHeader(_ name: String, type: Character, link: String = "") -> [UInt8] {
        var header = [UInt8](repeating: 0, count: 512)
        func set(_ offset: Int, _ text: String) {
            for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
        }
        set(0, name)
        set(100, "0000755")
        set(124, "00000000000")
        set(136, "00000000000")
        set(148, "        ")
        set(156, String(type))
        set(157, link)
        set(257, "ustar\u{0}00")
        let sum = header.reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        set(148, String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} ")
        return header
    }
}
