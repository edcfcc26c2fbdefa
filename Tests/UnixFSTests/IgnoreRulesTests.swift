import Buffers
import Testing
import UnixFS

/// The rules of gitignore(5); every line was checked against `git check-ignore`.
@Suite(.timeLimit(.minutes(40)))
struct IgnoreRulesTests {
    @Test(arguments: [
        (["mars.txt"], ["mars.txt", "a/mars.txt", "mars.txt/x"], ["venus.txt", "amars.txt"]),
        (["*.o"], ["a.o", "b/c.o", ".o"], ["a.oo", "o"]),
        (["/build"], ["build", "build/x"], ["a/build"]),
        (["a/b"], ["a/b", "a/b/c"], ["x/a/b", "b"]),
        (["doc/*.txt"], ["doc/a.txt"], ["doc/x/a.txt", "a.txt"]),
        (["**/foo"], ["foo", "a/foo", "a/b/foo"], ["foob"]),
        (["foo/**"], ["foo/a", "foo/a/b"], ["foo", "x/foo/a"]),
        (["a/**/b"], ["a/b", "a/x/b", "a/x/y/b"], ["ab", "x/a/b", "a/xb"]),
        (["*", "!keep"], ["x", "y/z"], ["keep"]),
        (["logs/", "!logs/keep"], ["logs/x/keep", "logs/keep"], ["log/keep"]),
        (["a[0-9].x"], ["a1.x", "a9.x"], ["ab.x", "a10.x"]),
        (["a[!0-9]"], ["ab", "a-"], ["a1", "a"]),
        (["a[]]b"], ["a]b"], ["ab"]),
        (["[[:upper:]]*"], ["A", "Zed"], ["a", "1A"]),
        (["?"], ["a", "x/b"], ["xx/yy", "ab"]),
        (["\\#x", "\\!y"], ["#x", "!y"], ["x", "y"]),
        (["# comment", "", "  "], [], ["# comment", "comment", " "]),
        (["x  ", "y\\ "], ["x", "y "], ["x  ", "y"]),
        (["a*b*c"], ["abc", "aXbYc", "abbc", "abcbc"], ["ab", "acb"]),
        (["[", "z\\"], [], ["[", "z", "z\\"]),
        (["a**b"], ["ab", "axxb"], ["a/b"]),
        (["a//b", "/"], [], ["a/b", "a", "b"]),
        (["ü*"], ["über", "x/ü"], ["u"]),
    ])
    func aPathIsLeftOutByTheRules(lines: [String], left: [String], kept: [String]) {
        let rules = IgnoreRules(lines: lines.map { Bytes(utf8: $0) })
        for path in left {
            #expect(rules.ignores(Bytes(utf8: path), isDirectory: false), "\(path)")
        }
        for path in kept {
            #expect(!rules.ignores(Bytes(utf8: path), isDirectory: false), "\(path)")
        }
    }

    @Test func aSlashAtTheEndMeansDirectories() {
        let rules = IgnoreRules(lines: ["tmp/"])
        #expect(rules.ignores("tmp", isDirectory: true))
        #expect(rules.ignores("a/tmp", isDirectory: true))
        #expect(rules.ignores("tmp/x", isDirectory: false))
        #expect(!rules.ignores("tmp", isDirectory: false))
    }

    @Test func aFileOfRulesIsReadLineByLine() {
        var rules = IgnoreRules()
        #expect(rules.isEmpty && !rules.ignores("x", isDirectory: false))
        rules.add(contents: "*.log\r\n# no\n!important.log\n")
        rules.add(line: "tmp")
        #expect(rules.ignores("a.log", isDirectory: false))
        #expect(!rules.ignores("important.log", isDirectory: false))
        #expect(rules.ignores("tmp", isDirectory: false))
    }

    @Test func starsDoNotMultiplyTheWork() {
        let rules = IgnoreRules(lines: [
            Bytes(utf8: String(repeating: "*a", count: 100) + "b"),
            Bytes(utf8: String(repeating: "**/a/", count: 50) + "b"),
        ])
        #expect(
            !rules.ignores(
                Bytes(utf8: String(repeating: "a", count: 5_000)), isDirectory: false))
        #expect(
            !rules.ignores(
                Bytes(utf8: String(repeating: "a/", count: 300) + "c"), isDirectory: false))
    }
}
