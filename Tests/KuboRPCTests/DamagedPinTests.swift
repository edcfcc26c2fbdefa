import Multiformats
import Testing

@testable import KuboRPC

/// One damaged block below a pin takes no whole answer away: what it hides is told beside the rest.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct DamagedPinTests {
    private let node: TestNode
    /// A pinned folder, a folder in it, and a file in that.
    private let root: String
    private let inner: String
    private let hidden: String
    private let leaf: String

    init() throws {
        node = try TestNode()
        let files = [Part.file("d/e/hidden", "hidden"), Part.file("d/leaf", "leaf")]
        let lines = try AnyJSON.lines(node.upload("add?raw-leaves=true", files).text)
        func cid(_ name: String) throws -> String {
            try #require(lines.last { $0["Name"]?.text == name }?["Hash"]?.text)
        }
        root = try cid("d")
        inner = try cid("d/e")
        hidden = try cid("d/e/hidden")
        leaf = try cid("d/leaf")
    }

    private func free() throws -> String {
        let put = try node.upload("block/put", [.file("a", "free")])
        return try #require(AnyJSON.lines(put.text).first?["Key"]?.text)
    }

    private func streamError(_ answer: RawAnswerMessage) -> String? {
        answer.trailers.first { $0.name == "X-Stream-Error" }?.value
    }

    @Test func aListIsAnsweredWithWhatIsMissingBesideIt() throws {
        try node.damage(inner)
        let answer = try node.call("pin/ls")
        #expect(answer.status == 200 && answer.isComplete)
        let value = try #require(try AnyJSON.lines(answer.text).first)
        #expect(value["Keys"]?.keys == [root, inner, leaf])
        let problem = try #require(value["Err"]?.text)
        #expect(problem.hasPrefix("the list is not complete: what is below block \(inner) "))
        #expect(problem.contains("unpin \(root)"))
        #expect(streamError(answer) == problem)
    }

    @Test func aStreamedListEndsWithTheError() throws {
        try node.damage(inner)
        let answer = try node.call("pin/ls?stream=true")
        #expect(answer.status == 200 && answer.isComplete)
        let lines = try AnyJSON.lines(answer.text)
        #expect(Set(lines.compactMap { $0["Cid"]?.text }) == [root, inner, leaf])
        #expect(lines.count == 4)
        #expect(lines.last?["Type"]?.text == "error")
        let problem = try #require(lines.last?["Message"]?.text)
        #expect(problem.contains(inner))
        #expect(streamError(answer) == problem)
    }

    @Test(arguments: ["pin/ls?type=recursive", "pin/ls?type=recursive&stream=true&names=true"])
    func pinsThatNeedNoWalkAreListedAsEver(target: String) throws {
        let before = try node.call(target).text
        try node.damage(inner)
        let answer = try node.call(target)
        #expect(answer.status == 200 && answer.isComplete && answer.trailers.isEmpty)
        #expect(answer.text == before)
    }

    @Test func aDamagedLeafIsNoProblem() throws {
        let before = try node.call("pin/ls").text
        try node.damage(leaf)
        let answer = try node.call("pin/ls")
        #expect(answer.text == before)
        #expect(answer.field("Content-Length") == "\(before.utf8.count)")
        let removed = try node.call("block/rm?arg=\(try free())")
        #expect(try AnyJSON.lines(removed.text).first?.keys == ["Hash"])
    }

    @Test func whatCannotBeToldOfAnArgumentIsAnError() throws {
        try node.damage(inner)
        #expect(try node.call("pin/ls?arg=\(root)").status == 200)
        let below = try node.call("pin/ls?arg=\(inner)&arg=\(leaf)")
        #expect(below.text.contains("\"Type\":\"indirect through \(root)\""))
        let answer = try node.call("pin/ls?arg=\(hidden)")
        #expect(answer.status == 500)
        #expect(answer.text.contains("cannot tell whether path '\(hidden)' has a pin"))
        // Clients take a text with these words for an answer.
        #expect(!answer.text.contains("is not pinned"))
    }

    @Test func removalsAreAnsweredEachByItsOwnLine() throws {
        try node.damage(inner)
        let free = try free()
        let absent = "bafkreih62fm2ttkuvpcmipab6zxj5k3lqovjwfemmc6fsndqtjv2gcjrfi"
        let cids = [free, hidden, leaf, inner, root, absent]
        let arguments = cids.map { "arg=\($0)" }.joined(separator: "&")
        let answer = try node.call("block/rm?force=true&\(arguments)")
        #expect(answer.status == 200 && answer.isComplete)
        let lines = try AnyJSON.lines(answer.text)
        #expect(lines.map { $0["Hash"]?.text } == cids)
        for line in lines.prefix(2) {
            let error = try #require(line["Error"]?.text)
            #expect(error.hasPrefix("cannot tell whether a pin keeps it: what is below block "))
            #expect(error.contains("\(inner) of the pin \(root)"))
        }
        let kept = "pinned via \(root)"
        #expect(
            lines.dropFirst(2).map { $0["Error"]?.text } == [kept, kept, "pinned: recursive", nil])
        for cid in [free, hidden] {
            #expect(try node.call("block/stat?arg=\(cid)").status == 200)
        }
    }

    @Test func referencesGoOnBehindABlockThatCannotBeRead() throws {
        try node.damage(inner)
        let answer = try node.call("refs?recursive=true&arg=\(root)&arg=\(inner)&arg=\(leaf)")
        #expect(answer.status == 200 && answer.isComplete)
        let lines = try AnyJSON.lines(answer.text)
        // Both links of the root, and the fault twice: below it, and as a root.
        #expect(lines.compactMap { $0["Ref"]?.text }.filter { !$0.isEmpty } == [inner, leaf])
        let problems = lines.compactMap { $0["Err"]?.text }.map { !$0.isEmpty }
        #expect(problems == [false, true, false, true])
    }
}
