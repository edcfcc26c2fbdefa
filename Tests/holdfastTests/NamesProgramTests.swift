import Buffers
import Execution
import TestSupport
import Testing

/// Names of any bytes through the built program, in and out again.
@Suite(.timeLimit(.minutes(40)), .serialized)
struct NamesProgramTests {
    private static let names: [Bytes] = [
        [0xFE], [0xFF], Bytes(utf8: "e\u{301}"), Bytes(utf8: "\u{e9}"), Bytes(utf8: "\u{301}x"),
        Bytes(utf8: "\u{200d}"), "new\nline", "back\\slash", "100%41", "a+b", "q\"uote",
        "\u{1b}[31m",
        Bytes(utf8: "\u{fffd}"), Bytes([UInt8](repeating: 0x6E, count: 255)),
    ]

    /// A folder whose files hold their own names, one in a subfolder of a strange name as well.
    private func fill(_ path: String) throws {
        try File.makeFolder(path, permissions: 0o755)
        let folder = try Folder(path)
        for name in Self.names { try folder.makeFile(name).write(name) }
        try folder.makeFolder([0xFD])
        let sub = try folder.folder([0xFD])
        try sub.makeFile([0xFC]).write("deep")
        try sub.makeLink("link", to: [0xFF, 0x2F, 0xFE])
    }

    @Test func aFolderComesBackWithItsOwnBytes() throws {
        let place = try TestPlace()
        try fill(place.path("dir"))
        let added = try place.run("add", "-rQ", place.path("dir"))
        #expect(added.exitCode == 0, "\(added.errorText)")
        let root = String(added.outputText.dropLast())
        let got = try place.run("get", "-o", place.path("out"), root)
        #expect(got.exitCode == 0, "\(got.errorText)")
        #expect(
            try ChildProcess.run(
                "diff", ["-r", "--no-dereference", place.path("dir"), place.path("out")]
            ).outputText == "")
        #expect(try File.rawNames(in: place.path("out")).count == Self.names.count + 1)
    }

    @Test func pathsAndPatternsOnTheCommandLineAreBytes() throws {
        let place = try TestPlace()
        try fill(place.path("dir"))
        let one = try place.shell("holdfast add -wQ dir/$'\\xff'")
        #expect(one.exitCode == 0, "\(one.errorText)")
        let again = try place.shell(
            "mkdir one && cp dir/$'\\xff' one && holdfast add -rQ one")
        #expect(again.outputText == one.outputText)
        let listed = try place.shell(
            "holdfast add -r --ignore=$'\\xfd' --ignore=$'\\xff' -Q dir")
        let same = try place.shell("rm -r dir/$'\\xfd' dir/$'\\xff' && holdfast add -rQ dir")
        #expect(listed.exitCode == 0 && listed.outputText == same.outputText)
        let out = try place.shell("holdfast get -o $'o\\xff' \(same.outputText)")
        #expect(out.exitCode == 0, "\(out.errorText)")
        #expect(try File.rawNames(in: place.folder).contains([0x6F, 0xFF]))
    }

    @Test func commandsFindTheNameThatWasGiven() throws {
        let place = try TestPlace()
        try fill(place.path("dir"))
        let root = try place.run("add", "-rQ", place.path("dir")).outputText.dropLast()
        for (word, name) in [
            ("$'\\xfe'", [0xFE]), ("$'\\xff'", [0xFF]), ("$'\\uFFFD'", Bytes(utf8: "\u{fffd}")),
        ]
            as [(String, Bytes)]
        {
            let shown = try place.shell("holdfast cat \(root)/\(word)")
            #expect(shown.output == name, "\(shown.errorText)")
            let got = try place.shell("holdfast get -o got \(root)/\(word) && cat got && rm got")
            #expect(got.output.ends(with: name), "\(got.errorText)")
        }
        let deep = try place.shell("holdfast cat \(root)/$'\\xfd'/$'\\xfc'")
        #expect(deep.outputText == "deep", "\(deep.errorText)")
        #expect(try place.shell("holdfast cat \(root)/$'\\xfc'").exitCode == 1)
    }

    @Test(arguments: ["..", ".", "/"])
    func getDoesNotWriteWhereTheLastNameLeads(name: String) throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let root = try place.run("add", "-rQ", place.path("dir")).outputText.dropLast()
        try File.makeFolder(place.path("here"))
        let got = try place.shell(
            "cd here && holdfast get \(name == "/" ? "/" : root + "/" + name)")
        #expect(got.exitCode == 1)
        #expect(try !File.exists(place.path("a")))
        #expect(try File.rawNames(in: place.path("here")) == [])
    }

    /// Archives of such names are made for gateways; a file system has no place for them.
    @Test(arguments: ["a/b", "sub/a", "a//b", "../out", "a/../../out", "../../../out"])
    func getRefusesANameThatIsAPath(name: String) throws {
        let place = try TestPlace()
        let file = try place.run("block", "put", input: "out").outputText.dropLast()
        let links = "[{\"Hash\":{\"/\":\"\(file)\"},\"Name\":\"\(name)\",\"Tsize\":3}]"
        let node = "{\"Data\":{\"/\":{\"bytes\":\"CAE\"}},\"Links\":\(links)}"
        let root = try place.run(
            "dag", "put", "--input-codec=dag-json", "--store-codec=dag-pb",
            input: Bytes(utf8: node)
        ).outputText.dropLast()
        try File.makeFolder(place.path("here"))
        let got = try place.shell("cd here && holdfast get -o got \(root)")
        #expect(got.exitCode == 1)
        let isInside = !name.utf8.starts(with: "../".utf8) && name != "a/../../out"
        let shown = isInside ? name : "leads out of the tree"
        #expect(got.errorText.contains(shown), "\(got.errorText)")
        #expect(try !File.exists(place.path("out")) && !File.exists(place.path("here/out")))
        #expect(try File.rawNames(in: place.path("here")).allSatisfy { $0 == "got" })
    }

    /// Where there is a folder for it, a path could be followed. It would be another tree than the one that the
    /// CID stands for.
    @Test(arguments: ["dir/x", "x/../y", "./y", "y/.", "dir/../y"])
    func getFollowsNoPathInsideOfTheTreeEither(name: String) throws {
        let place = try TestPlace()
        let file = try place.run("block", "put", input: "out").outputText.dropLast()
        let folder = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354"
        let links = [("dir", folder), (name, String(file))].map {
            "{\"Hash\":{\"/\":\"\($0.1)\"},\"Name\":\"\($0.0)\",\"Tsize\":3}"
        }.joined(separator: ",")
        func put(_ links: String) throws -> String {
            let node = "{\"Data\":{\"/\":{\"bytes\":\"CAE\"}},\"Links\":[\(links)]}"
            return String(
                try place.run(
                    "dag", "put", "--input-codec=dag-json", "--store-codec=dag-pb",
                    input: Bytes(utf8: node)
                ).outputText.dropLast())
        }
        #expect(try put("") == folder)
        let root = try put(links)
        for option in ["", "-a"] {
            let got = try place.shell("holdfast get \(option) -o got \(root)")
            #expect(got.exitCode == 1)
            #expect(got.errorText.contains("the entry \"\(name)\""), "\(got.errorText)")
            #expect(try !File.exists(place.path("got")))
        }
    }

    @Test func foldersThatUnicodeCallsEqualAreListedAsTwo() throws {
        let place = try TestPlace()
        let made = "mkdir -p d/$'e\\xcc\\x81' d/$'\\xc3\\xa9' && for f in d/*; do touch $f/x; done"
        let root = try place.shell("\(made) && holdfast add -rQ d").outputText.dropLast()
        let listed = try place.shell(
            "holdfast ls --headers \(root)/$'e\\xcc\\x81' \(root)/$'\\xc3\\xa9'")
        #expect(listed.exitCode == 0, "\(listed.errorText)")
        let lines = listed.output.split(separator: UInt8(ascii: "\n"))
        #expect(lines.filter { $0.last == UInt8(ascii: ":") }.count == 2)
        #expect(lines.filter { $0.starts(with: "Hash ") }.count == 2)
    }

    @Test func argumentsOfStandardInputAreReadOnce() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let root = try place.run("add", "-rQ", place.path("dir")).outputText
        let listed = try place.run("ls", input: Bytes(utf8: root + "\r\n  " + root))
        #expect(listed.exitCode == 0, "\(listed.errorText)")
        #expect(listed.outputText.split(separator: "\n").contains { $0.hasPrefix("Qm") })
    }

    @Test func aLongListOfArgumentsIsOneCall() throws {
        let place = try TestPlace()
        let list = (0..<3_000).map { _ in "bafkqaaa" }
        let formatted = try place.run(["cid", "base32"] + list)
        #expect(formatted.exitCode == 0, "\(formatted.errorText)")
        #expect(formatted.outputText.split(separator: "\n").count == 3_000)
        let refused = try place.run(["cid", "base32"] + list + ["a\nb"])
        #expect(refused.exitCode == 1)
        #expect(refused.errorText.contains("argument 3001 has a line break"))
    }

    @Test(arguments: ["cat", "resolve", "--api 127.0.0.1:1 cat", "pin ls --name"])
    func anArgumentOfNineMillionBytesIsRefused(words: String) throws {
        let place = try TestPlace()
        let refused = try place.shell(
            "head -c 9000000 /dev/zero | tr '\\0' a | holdfast \(words)"
                + (words == "pin ls --name" ? " $(head -c 120000 /dev/zero | tr '\\0' a)" : ""))
        #expect(refused.exitCode == 1)
        #expect(refused.errorText.hasPrefix("Error: "), "\(refused.errorText)")
        #expect(refused.errorText.utf8.count < 4_096)
    }

    @Test func aPipeOnTheCommandLineIsRead() throws {
        let place = try TestPlace()
        let line = "mkfifo p && (printf piped > p &) && holdfast add -Q --raw-leaves p"
        let added = try place.shell(line)
        #expect(added.exitCode == 0, "\(added.errorText)")
        let plain = try place.run("add", "-Q", "--raw-leaves", input: "piped")
        #expect(added.outputText == plain.outputText)
    }
}
