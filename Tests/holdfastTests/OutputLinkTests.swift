import Buffers
import Execution
import Multiformats
import TestSupport
import Testing
import UnixFS

/// An archive may bring a link, and the next one be written to the same output: what the link points
/// to is out of the reach of both.
@Suite(.timeLimit(.minutes(40)), .serialized)
struct OutputLinkTests {
    /// Adds a folder with one file, a file, and links to the places that a stranger would choose.
    private func makePlace() throws -> (place: TestPlace, cids: [String]) {
        let place = try TestPlace()
        try place.write("victim", "good\n")
        try File.makeFolder(place.path("outdir"), permissions: 0o755)
        try File.makeFolder(place.path("in"), permissions: 0o755)
        try place.write("dir/authorized_keys", "evil\n")
        try place.write("file", "evil\n")
        let cids = try ["dir", "file"].map { name in
            let added = try place.run("add", "-rQ", place.path(name))
            return String(added.outputText.dropLast())
        }
        return (place, cids)
    }

    private func linkCID(_ target: String, in place: TestPlace) throws -> String {
        try File.makeLink(place.path("link"), to: target)
        return String(try place.run("add", "-Q", place.path("link")).outputText.dropLast())
    }

    private func expectNothingOutside(_ place: TestPlace) throws {
        #expect(try File.readAll(place.path("victim"), limit: 99).utf8Text == "good\n")
        #expect(try File.rawNames(in: place.path("outdir")) == [])
    }

    @Test func aFolderIsNotWrittenThroughTheLinkOfAnEarlierArchive() throws {
        let (place, cids) = try makePlace()
        let link = try linkCID("../outdir", in: place)
        #expect(try place.shell("cd in && holdfast get -o site \(link)").exitCode == 0)
        for output in ["site", "site/"] {
            let got = try place.shell("cd in && holdfast get -o \(output) \(cids[0])")
            #expect(got.exitCode == 1)
            #expect(got.errorText.contains("site is a symbolic link"), "\(got.errorText)")
            #expect(got.errorText.contains("-o"))
        }
        try expectNothingOutside(place)
    }

    @Test func theLastNameOfThePathIsAnOutputAsWell() throws {
        let (place, _) = try makePlace()
        try File.makeFolder(place.path("one"), permissions: 0o755)
        try File.makeLink(place.path("one/site"), to: "../outdir")
        try place.write("two/site/authorized_keys", "evil\n")
        let roots = try ["one", "two"].map { name in
            try place.run("add", "-rQ", place.path(name)).outputText.dropLast()
        }
        #expect(try place.shell("cd in && holdfast get \(roots[0])/site").exitCode == 0)
        #expect(try place.shell("cd in && holdfast get \(roots[1])/site").exitCode == 1)
        try expectNothingOutside(place)
    }

    @Test func aFileTakesThePlaceOfTheLink() throws {
        let (place, cids) = try makePlace()
        for target in ["../outdir", "../victim", "../new"] {
            try? File.remove(place.path("link"))
            let link = try linkCID(target, in: place)
            let line = "cd in && holdfast get -o o \(link) && holdfast get -o o \(cids[1])"
            let got = try place.shell(line)
            #expect(got.exitCode == 0, "\(got.errorText)")
            #expect(try File.status(of: place.path("in/o")).kind == .file)
            #expect(try File.readAll(place.path("in/o"), limit: 99).utf8Text == "evil\n")
            #expect(try !File.exists(place.path("new")))
            try expectNothingOutside(place)
        }
    }

    @Test(arguments: [("-a", "o.tar"), ("-C", "o.gz"), ("-aC", "o.tar.gz")])
    func anArchiveTakesThePlaceOfTheLink(flags: String, output: String) throws {
        let (place, cids) = try makePlace()
        for target in ["../victim", "../new"] {
            try? File.remove(place.path("link"))
            let link = try linkCID(target, in: place)
            let line =
                "cd in && holdfast get -o \(output) \(link) && "
                + "holdfast get \(flags) -o \(output) \(cids[1])"
            let got = try place.shell(line)
            #expect(got.exitCode == 0, "\(got.errorText)")
            #expect(try File.status(of: place.path("in/" + output)).kind == .file)
            #expect(try !File.exists(place.path("new")))
            try expectNothingOutside(place)
        }
        #expect(try File.rawNames(in: place.path("in")) == [Bytes(utf8: output)])
    }

    /// Such as `/tmp` where that is a link: the user's own.
    @Test func aLinkInTheLeadingPartIsFollowed() throws {
        let (place, cids) = try makePlace()
        try File.makeLink(place.path("way"), to: "outdir")
        for words in [["get", "-o", "way/d", cids[0]], ["get", "-a", "-o", "way/a", cids[0]]] {
            let got = try place.shell("holdfast " + words.joined(separator: " "))
            #expect(got.exitCode == 0, "\(got.errorText)")
        }
        #expect(try File.rawNames(in: place.path("outdir")) == ["a.tar", "d"])
        #expect(try place.shell("cd in && holdfast get -o . \(cids[0])").exitCode == 0)
        #expect(try File.exists(place.path("in/authorized_keys")))
    }

    /// What has its name stays until the link is there: its target can be longer than a file system takes.
    @Test func aLinkThatCannotBeMadeDestroysNothing() throws {
        let (place, _) = try makePlace()
        func seal(_ bytes: Bytes, _ codec: Multicodec) throws -> CID {
            let put = try place.run("block", "put", "--cid-codec=dag-pb", input: bytes)
            return try CID(parsing: String(put.outputText.dropLast()))
        }
        let target = Bytes([UInt8](repeating: UInt8(ascii: "x"), count: 5_000))
        var folder = DirectoryBuilder(options: ImportOptions())
        try folder.add("precious", try Symlink.build(target: target, mtime: nil, seal: seal))
        let root = try folder.finish(seal: seal).cid
        try place.write("in/precious", "thesis\n")
        let got = try place.run("get", "-o", place.path("in"), root.text())
        #expect(got.exitCode == 1 && got.errorText.contains("precious"), "\(got.errorText)")
        #expect(try File.rawNames(in: place.path("in")) == ["precious"])
        #expect(try File.readAll(place.path("in/precious"), limit: 99).utf8Text == "thesis\n")
    }

    /// What can be said of a pipe can be said of a device; a test as root must not lose `/dev/null`.
    @Test func pipesAndDevicesAreWrittenTo() throws {
        let (place, cids) = try makePlace()
        let file = cids[1]
        // What is said beside it does not go into it.
        let shown = try place.shell("holdfast get -o /dev/stdout \(file)")
        #expect(shown.outputText == "evil\n", "\(shown.errorText)")
        #expect(shown.errorText.contains("Saving"))
        let listed = try place.shell("holdfast get -a -o /dev/stdout \(cids[0]) | tar -tf -")
        #expect(listed.outputText.hasSuffix("/authorized_keys\n"), "\(listed.errorText)")
        let twice = try place.shell(
            "for i in 1 2; do holdfast get -o /dev/stdout \(file); done > all && grep -c evil all && "
                + "holdfast get -a -o /dev/fd/3 \(file) 3> all.tar && tar -tf all.tar && "
                + "holdfast get -aC -o /dev/null \(file) && test ! -e /dev/null.tar.gz")
        #expect(twice.exitCode == 0 && twice.outputText.hasPrefix("2\n"), "\(twice.errorText)")
        let pipe = try place.shell(
            "mkfifo p && (timeout 30 cat p > got & holdfast get -o p \(file) && wait) && cat got; "
                + "test -p p")
        #expect(pipe.outputText.hasSuffix("evil\n"), "\(pipe.errorText)")
        #expect(pipe.exitCode == 0)
        let archived = try place.shell(
            "mkfifo q.tar && (timeout 30 cat q.tar > got.tar & "
                + "holdfast get -a -o q.tar \(file) && wait) && tar -tf got.tar && test -p q.tar")
        #expect(archived.exitCode == 0, "\(archived.errorText)")
        #expect(try place.shell("holdfast get -o /dev/null \(file)").exitCode == 0)
        #expect(try File.status(of: "/dev/null").kind == .other)
    }

    /// A redirection was forgotten: when the answer comes, the number is a file of the repository or
    /// the connection to the node.
    @Test(arguments: [
        "get -o /dev/fd/$n $file", "get -a -o /proc/self/fd/$n $file", "dag import /dev/fd/$n",
        "block put //dev/fd/$n", "add --dereference-args /dev/fd/$n",
        "block put /proc/thread-self/fd/$n", "add -Q --dereference-args fds/$n",
        "dag put fds/../fd/$n", "get -o /proc/self//fd/./$n $file",
    ])
    func aDescriptorOfTheProgramItselfIsRefused(words: String) throws {
        let (place, cids) = try makePlace()
        let got = try place.shell(
            "file=\(cids[1]) && ln -s /proc/self/fd fds && "
                + "for n in $(seq 3 20); do test -e /dev/fd/$n && continue; "
                + "holdfast \(words) > none 2> error && exit 9; grep -q 'is not open' error || "
                + "{ cat error; exit 8; }; done && holdfast cat $file")
        #expect(got.exitCode == 0 && got.outputText == "evil\n", "\(got.outputText)")
    }

    @Test func aDescriptorIsKnownInItsFolderHoweverThatIsWritten() throws {
        let (place, cids) = try makePlace()
        let refused = try place.shell("cd /dev && holdfast add -Q --dereference-args fd/19")
        #expect(refused.exitCode == 1)
        #expect(refused.errorText.contains("fd/19 is not open"), "\(refused.errorText)")
        for output in ["/proc/self/fd//1", "/proc/thread-self/fd/1", "/dev//stdout"] {
            let shown = try place.shell("holdfast get -o \(output) \(cids[1])")
            #expect(shown.outputText == "evil\n", "\(shown.errorText)")
        }
        // The same names elsewhere are files.
        let others = try place.shell(
            "cd in && holdfast get -o 9 \(cids[1]) && holdfast get -o stdout \(cids[1]) && "
                + "holdfast add -Q 9 && cat 9 stdout")
        #expect(others.exitCode == 0, "\(others.errorText)")
        #expect(others.outputText.hasSuffix("\(cids[1])\nevil\nevil\n"))
    }

    @Test func aDescriptorOfTheCallerIsRead() throws {
        let (place, _) = try makePlace()
        let got = try place.shell(
            "holdfast block put <(printf one) && holdfast block put /dev/fd/9 9< file && "
                + "printf one | holdfast block put && holdfast block put file")
        let lines = got.outputText.split(separator: "\n")
        #expect(got.exitCode == 0 && lines.count == 4, "\(got.errorText)")
        #expect(lines.prefix(2) == lines.suffix(2))
    }

    @Test func anOutputThatIsBrokenOffDestroysNothing() throws {
        let (place, _) = try makePlace()
        try File.makeFolder(place.path("in/o"))
        for name in ["in/o.tar", "in/o/f", "in/f"] { try place.write(name, "mine\n") }
        // Its second block is missing: the answer breaks off.
        let made = try place.shell(
            "mkdir big && head -c 600000 /dev/urandom > big/f && "
                + "holdfast add -rQ --pin=false big > root && holdfast refs -r $(cat root) > refs && "
                + "holdfast block rm $(tail -n 1 refs) > none")
        try #require(made.exitCode == 0, "\(made.errorText)")
        for words in ["-a -o o.tar $root", "-o o $root", "-o f $root/f"] {
            let got = try place.shell("root=$(cat root) && cd in && holdfast get \(words)")
            #expect(got.exitCode == 1)
        }
        for name in ["in/o.tar", "in/o/f", "in/f"] {
            #expect(try File.readAll(place.path(name), limit: 99).utf8Text == "mine\n")
        }
        #expect(try File.rawNames(in: place.path("in")) == ["f", "o", "o.tar"])
        #expect(try File.rawNames(in: place.path("in/o")) == ["f"])
    }

    @Test func aReplacedArchiveIsAsClosedAsItWas() throws {
        let (place, cids) = try makePlace()
        try place.write("in/o.tar", "mine\n")
        try File.setPermissions(place.path("in/o.tar"), 0o600)
        #expect(try place.shell("cd in && holdfast get -a -o o.tar \(cids[1])").exitCode == 0)
        #expect(try File.status(of: place.path("in/o.tar")).mode == 0o600)
    }
}
