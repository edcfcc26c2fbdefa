import Buffers
import Execution
import TestSupport
import Testing

/// `get` where the file system takes two names of an archive for one: nothing takes the place of what
/// has come before, and nothing is put among it.
@Suite(.timeLimit(.minutes(40)))
struct FoldedNamesTests {
    private let place: TestPlace
    private let folded: FoldedNames

    init() throws {
        place = try TestPlace()
        folded = try FoldedNames(in: place.folder)
    }

    private func add(_ names: [String]) throws -> String {
        for name in names { try place.write("dir/" + name, name + "\n") }
        return String(try place.run("add", "-rQ", place.path("dir")).outputText.dropLast())
    }

    private func text(_ name: String) throws -> String? {
        try File.readAll(place.path(name), limit: 99).utf8Text
    }

    @Test(arguments: [["A", "a"], ["A/x", "a/x"], ["A", "a/x"], ["A/x", "a"]], [false, true])
    func aSecondNameOfAnEntryIsRefused(names: [String], isOutputThere: Bool) throws {
        if isOutputThere { try File.makeFolder(place.path("out")) }
        let words = ["get", "-o", place.path("out"), try add(names)]
        let got = try place.run(words, adding: folded.environment())
        #expect(got.exitCode == 1)
        let told = "the file system takes the name for that of \(place.path("out/A")), which came"
        #expect(got.errorText.contains(told), "\(got.errorText)")
        #expect(got.errorText.contains("--archive"))
        #expect(try File.rawNames(in: place.path("out")) == ["A"])
        #expect(try text("out/" + names[0]) == names[0] + "\n")
    }

    /// A FAT file system gives a file that it has to look up anew another number.
    @Test func aSecondNameIsNoticedWhereNumbersAreForgotten() throws {
        let words = ["get", "-o", place.path("out"), try add(["A", "B", "a"])]
        let got = try place.run(words, adding: folded.environment(forgetsNumbers: true))
        #expect(got.exitCode == 1)
        #expect(got.errorText.contains("takes the name for that of \(place.path("out/A"))"))
        #expect(try text("out/A") == "A\n")
    }

    @Test func foldersThatWereThereAreNotMergedEither() throws {
        try File.makeFolder(place.path("out/A"))
        let words = ["get", "-o", place.path("out"), try add(["A/x", "a/y"])]
        let got = try place.run(words, adding: folded.environment())
        #expect(got.exitCode == 1)
        #expect(got.errorText.contains("takes the name for that of \(place.path("out/A"))"))
        #expect(try File.rawNames(in: place.path("out/A")) == ["x"])
    }

    @Test func whatWasThereIsReplacedAsBefore() throws {
        try place.write("out/b", "old\n")
        let words = ["get", "-o", place.path("out"), try add(["A", "B", "sub/A"])]
        for _ in 0..<2 {
            let got = try place.run(words, adding: folded.environment())
            #expect(got.exitCode == 0, "\(got.errorText)")
        }
        #expect(try File.rawNames(in: place.path("out")) == ["A", "b", "sub"])
        #expect(try text("out/b") == "B\n")
    }

    /// Two names that were there for one file are no sign of such a file system.
    @Test func filesWithTwoNamesAreReplaced() throws {
        try place.write("out/A", "old\n")
        #expect(try place.shell("ln out/A out/a").exitCode == 0)
        let got = try place.run("get", "-o", place.path("out"), try add(["A", "a"]))
        #expect(got.exitCode == 0, "\(got.errorText)")
        #expect(try text("out/A") == "A\n")
        #expect(try text("out/a") == "a\n")
    }
}
