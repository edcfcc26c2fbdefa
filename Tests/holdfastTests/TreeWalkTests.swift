import Buffers
import Execution
import TestSupport
import Testing
import UnixFS

@testable import holdfast

@Suite(.timeLimit(.minutes(40)))
struct TreeWalkTests {
    private func names(_ place: TestPlace, _ rules: TreeWalk.Rules) throws -> [Bytes] {
        var walk = TreeWalk([(path: Bytes(utf8: place.path("dir")), name: "dir")], rules: rules)
        var names: [Bytes] = []
        while let entry = try walk.next() { names.append(entry.name) }
        return names
    }

    private var recursive: TreeWalk.Rules {
        var rules = TreeWalk.Rules()
        rules.isRecursive = true
        return rules
    }

    @Test func foldersComeBeforeWhatIsInThemInByteOrder() throws {
        let place = try TestPlace(makesRepository: false)
        for name in ["b", "a/z", "a-b", "B", "ä"] { try place.write("dir/" + name, "") }
        #expect(
            try names(place, recursive)
                == ["dir", "dir/B", "dir/a", "dir/a/z", "dir/a-b", "dir/b", "dir/ä"])
    }

    @Test func rulesApplyBelowTheArgumentAndNotToIt() throws {
        let place = try TestPlace(makesRepository: false)
        for name in ["keep.txt", "drop.log", "sub/drop.log", "build/x"] {
            try place.write("dir/" + name, "")
        }
        var rules = recursive
        rules.ignored.add(contents: "*.log\n/build/\ndir\n")
        #expect(try names(place, rules) == ["dir", "dir/keep.txt", "dir/sub"])
    }

    @Test func namesOfAnyBytesAreWalkedHiddenAndIgnored() throws {
        let place = try TestPlace(makesRepository: false)
        try File.makeFolder(place.path("dir"))
        let folder = try Folder(place.path("dir"))
        let accent = Bytes(utf8: "\u{301}")
        let names: [Bytes] = [
            [0xFF], [0xFE, 0x2E, 0x6F], [0x2E, 0xFF], Bytes(".").appending(accent),
            accent.appending("x"), Bytes(utf8: "e\u{301}"), Bytes(utf8: "\u{e9}"),
        ]
        for name in names { try folder.makeFile(name).close() }
        func walked(_ rules: TreeWalk.Rules) throws -> Set<Bytes> {
            Set(try self.names(place, rules).dropFirst().map { $0.dropFirst("dir/".utf8.count) })
        }
        let hidden: Set<Bytes> = [names[2], names[3]]
        #expect(try walked(recursive) == Set(names).subtracting(hidden))
        var rules = recursive
        rules.includesHidden = true
        #expect(try walked(rules) == Set(names))
        rules.ignored.add(line: [0xFF])
        rules.ignored.add(line: "*.o")
        rules.ignored.add(line: names[5])
        #expect(try walked(rules) == Set(names).subtracting([names[0], names[1], names[5]]))
    }

    @Test func aLinkKeepsTheBytesOfItsTarget() throws {
        let place = try TestPlace(makesRepository: false)
        try File.makeLink(place.path("dir"), to: Bytes([0xFF, 0x2F, 0xFE]))
        var walk = TreeWalk([(path: Bytes(utf8: place.path("dir")), name: "dir")], rules: recursive)
        guard case .link(let target)? = try walk.next()?.kind else {
            Issue.record("no link was found")
            return
        }
        #expect(target == [0xFF, 0x2F, 0xFE])
    }

    @Test func aPipeIsReadAsAnArgumentAndRefusedInAFolder() throws {
        let place = try TestPlace(makesRepository: false)
        try File.makeFolder(place.path("dir"))
        try File.makePipe(place.path("dir/pipe"))
        let error = #expect(throws: AddError.self) { try names(place, recursive) }
        #expect(error?.description.contains("dir/pipe is neither") == true)
        let path = Bytes(utf8: place.path("dir/pipe"))
        var walk = TreeWalk([(path: path, name: "pipe")], rules: TreeWalk.Rules())
        guard case .pipe? = try walk.next()?.kind else {
            Issue.record("the pipe was not taken")
            return
        }
    }

    /// What a stream gives is sent when it is there, and not when the stream ends: a slow producer
    /// keeps the connection alive with every piece.
    @Test func aStreamIsSentPieceByPiece() throws {
        let place = try TestPlace(makesRepository: false)
        let path = place.path("pipe")
        try File.makePipe(path)
        // Both ends at once, so that neither open waits for the other.
        let writer = try File(path, .readWrite)
        let body = AddBody(
            TreeWalk([(path: Bytes(utf8: path), name: "p")], rules: TreeWalk.Rules()),
            boundary: "b", metadata: AddBody.Metadata())
        #expect(try body.next()?.utf8Text?.hasPrefix("--b\r\nContent-Disposition") == true)
        for text: Bytes in ["a", "b"] {
            try writer.write(text)
            #expect(try body.next() == text)
        }
        writer.close()
        #expect(try body.next() == "\r\n--b--\r\n")
        #expect(try body.next() == nil)
    }

    @Test func aPipeIsReadyWhenSomethingIsInIt() throws {
        let place = try TestPlace(makesRepository: false)
        let path = place.path("pipe")
        try File.makePipe(path)
        let body = AddBody(
            TreeWalk([(path: Bytes(utf8: path), name: "p")], rules: TreeWalk.Rules()),
            boundary: "b", metadata: AddBody.Metadata())
        // The head of the part waits for nobody, and a pipe without a writer has not ended.
        #expect(try body.isReady(within: .zero))
        #expect(try body.next()?.utf8Text?.hasPrefix("--b\r\nContent-Disposition") == true)
        #expect(try !body.isReady(within: .zero))
        let writer = try File(path, .readWrite)
        #expect(try !body.isReady(within: .zero))
        try writer.write("a")
        #expect(try body.isReady(within: .zero))
        #expect(try body.next() == "a")
        #expect(try !body.isReady(within: .zero))
        writer.close()
        #expect(try body.isReady(within: .zero))
        #expect(try body.next() == "\r\n--b--\r\n")
        #expect(try body.isReady(within: .zero))
    }

    @Test func aHundredThousandArgumentsAreNamedInAMoment() throws {
        let arguments = (0..<100_000).map { Bytes(utf8: "dir/\($0)") }
        let entries = try AddArguments.entries(arguments + arguments, standardInputName: nil)
        #expect(entries.count == 100_000)
        #expect(entries.map(\.name) == entries.map(\.name).sorted())
    }

    @Test func argumentsThatUnicodeCallsEqualAreTwo() throws {
        let twins = [Bytes(utf8: "x/e\u{301}"), Bytes(utf8: "y/\u{e9}")]
        let entries = try AddArguments.entries(twins, standardInputName: nil)
        #expect(entries.map(\.path) == twins)
    }

    @Test func aFileThatShrinksWhileItIsReadIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("f", String(repeating: "x", count: 3 << 20))
        let reading = try FileReading(place.path("f"))
        _ = try reading.next()
        try File(place.path("f"), .readWrite).truncate(to: 1 << 20)
        let error = #expect(throws: AddError.self) {
            while try !reading.next().isEmpty {}
        }
        #expect(error?.description.contains("changed while it was read") == true)
    }

    @Test func aFileThatGrowsWhileItIsReadIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("f", "x")
        let reading = try FileReading(place.path("f"))
        try place.write("g", "")
        try File(place.path("f"), .append).write(Bytes(utf8: "more"))
        #expect(throws: AddError.self) { while try !reading.next().isEmpty {} }
    }

    @Test func aFileOfTheKernelIsReadThoughItSaysItIsEmpty() throws {
        let reading = try FileReading("/proc/self/status")
        #expect(try !reading.next().isEmpty)
    }

    /// The table of pages of this process: a regular file of 0 bytes that goes on for 256 GiB.
    @Test(.enabled(if: try File.exists("/proc/self/pagemap")))
    func aFileThatNeverEndsThoughItSaysItIsEmptyIsSentPieceByPiece() throws {
        let body = AddBody(
            TreeWalk([(path: "/proc/self/pagemap", name: "p")], rules: TreeWalk.Rules()),
            boundary: "b", metadata: AddBody.Metadata())
        for _ in 0..<20 {
            let piece = try #require(try body.next())
            #expect(!piece.isEmpty && piece.count <= 2 * Limits.uploadPieceByteCount)
        }
    }

    /// The file is looked at in the walk and opened afterwards: a link that takes its place between
    /// the two leads to what nobody wanted to add.
    @Test func aLinkInThePlaceOfAFileIsNotFollowed() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("dir/f", "f")
        try place.write("secret", "secret")
        var walk = TreeWalk([(path: Bytes(utf8: place.path("dir")), name: "dir")], rules: recursive)
        _ = try walk.next()
        let entry = try #require(try walk.next())
        try File.remove(place.path("dir/f"))
        try File.makeLink(place.path("dir/f"), to: "../secret")
        let error = #expect(throws: AddError.self) {
            try FileReading(entry.path, found: entry.status)
        }
        #expect(error?.description.contains("changed while it was read") == true)
        let kept = try File.status(of: place.path("secret"))
        #expect(try FileReading(entry.path, found: kept).next() == "secret")
    }

    /// The first large file ends a piece of the body, so that something can happen before the rest.
    @Test func aLinkInThePlaceOfAFolderIsNotFollowed() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write("dir/sub/a", String(repeating: "x", count: 100_000))
        try place.write("dir/sub/b", "mine")
        try place.write("dir/sub/inner/c", "mine")
        try File.makeLink(place.path("dir/sub/l"), to: "mine")
        try place.write("elsewhere/b", "secret")
        try place.write("elsewhere/inner/c", "secret")
        try File.makeLink(place.path("elsewhere/l"), to: "secret")
        let body = AddBody(
            TreeWalk([(path: Bytes(utf8: place.path("dir")), name: "dir")], rules: recursive),
            boundary: "b", metadata: AddBody.Metadata())
        var sent = try #require(try body.next()?.utf8Text)
        #expect(sent.hasSuffix("\r\n\r\n"))
        try File.rename(place.path("dir/sub"), to: place.path("moved"))
        try File.makeLink(place.path("dir/sub"), to: "../elsewhere")
        while let piece = try body.next() { sent += piece.displayText }
        #expect(!sent.contains("secret"))
        #expect(sent.split(separator: "mine", omittingEmptySubsequences: false).count == 4)
    }

    /// Deeper than the folders that stay open.
    private func makeDeepFolder(_ place: TestPlace) throws -> [Bytes] {
        let folders = (0...(2 * Limits.openFoldersMax)).map {
            "dir" + String(repeating: "/a", count: $0)
        }
        let files = folders.map { $0 + "/b" }
        for file in files { try place.write(file, "") }
        return (folders + files.reversed()).map { Bytes(utf8: $0) }
    }

    @Test func aDeepTreeIsWalkedToItsEnd() throws {
        let place = try TestPlace(makesRepository: false)
        let made = try makeDeepFolder(place)
        #expect(try names(place, recursive) == made)
        var rules = recursive
        rules.followsLinks = true
        #expect(try names(place, rules) == made)
    }

    /// The way back leads to the folder that the walk came from, or nowhere.
    @Test func aFolderThatWasMovedWhileItWasClosedIsNoWayBack() throws {
        let place = try TestPlace(makesRepository: false)
        let depth = try makeDeepFolder(place).count / 2
        try place.write("elsewhere/b", "secret")
        var walk = TreeWalk([(path: Bytes(utf8: place.path("dir")), name: "dir")], rules: recursive)
        for _ in 0..<depth { _ = try walk.next() }
        try File.rename(place.path("dir/a/a"), to: place.path("elsewhere/a"))
        let error = #expect(throws: AddError.self) {
            while let entry = try walk.next() { #expect(entry.name != "dir/a/b") }
        }
        #expect(error?.description.contains("dir/a changed while it was read") == true)
    }

    @Test func aPathThatTheSystemDoesNotTakeIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        let name = String(repeating: "x", count: 255)
        try File.makeFolder(place.path("dir"))
        var folder = try Folder(place.path("dir"))
        for _ in 0..<16 {
            try folder.makeFolder(Bytes(utf8: name))
            folder = try folder.folder(Bytes(utf8: name))
        }
        // In halves it can be removed.
        let half = place.path("dir" + String(repeating: "/" + name, count: 8))
        defer { try? File.rename(half, to: place.path("half")) }
        let error = #expect(throws: AddError.self) { try names(place, recursive) }
        #expect(error?.description.contains("4095 bytes") == true)
    }

    @Test(arguments: [
        ("a/../b", "b"), ("./a//b/", "a/b"), ("/../a", "/a"), ("../a", "../a"), ("", "."),
        ("/", "/"),
    ])
    func pathsAreCleanedAsGoDoesIt(path: String, cleaned: String) {
        #expect(PathBytes.cleaned(Bytes(utf8: path)) == Bytes(utf8: cleaned))
    }

    @Test func twoFilesOfOneNameAreRefused() {
        let error = #expect(throws: AddError.self) {
            try AddArguments.entries(["x/a", "y/a"], standardInputName: nil)
        }
        #expect(error?.description.contains("repeated under different import directories") == true)
    }
}
