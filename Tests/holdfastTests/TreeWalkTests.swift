import Buffers
import Execution
import TestSupport
import Testing
import UnixFS

@testable import holdfast

@Suite(.timeLimit(.minutes(20)))
struct TreeWalkTests {
    private func names(_ place: TestPlace, _ rules: TreeWalk.Rules) throws -> [String] {
        var walk = TreeWalk([(path: place.path("dir"), name: "dir")], rules: rules)
        var names: [String] = []
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
        rules.ignored.add(text: "*.log\n/build/\ndir\n")
        #expect(try names(place, rules) == ["dir", "dir/keep.txt", "dir/sub"])
    }

    @Test func aNameThatIsNoTextIsNamed() throws {
        let place = try TestPlace(makesRepository: false)
        try File.makeFolder(place.path("dir"))
        let made = try ChildProcess.run(
            "bash", ["-c", "touch \"$0\"/$'bad\\xff'", place.path("dir")])
        try #require(made.exitCode == 0)
        let error = #expect(throws: AddError.self) { try names(place, recursive) }
        #expect(error?.description.contains("is not UTF-8") == true)
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

    @Test(arguments: [
        ("a/../b", "b"), ("./a//b/", "a/b"), ("/../a", "/a"), ("../a", "../a"), ("", "."),
        ("/", "/"),
    ])
    func pathsAreCleanedAsGoDoesIt(path: String, cleaned: String) {
        #expect(PathText.cleaned(path) == cleaned)
    }

    @Test func twoFilesOfOneNameAreRefused() {
        let error = #expect(throws: AddError.self) {
            try AddArguments.entries(["x/a", "y/a"], standardInputName: nil)
        }
        #expect(error?.description.contains("repeated under different import directories") == true)
    }
}
