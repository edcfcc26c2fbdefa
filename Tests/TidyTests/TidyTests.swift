import TestSupport
import Testing

/// Reads the tree and tells the author what to use instead (Docs/developing.md).
@Suite(.timeLimit(.minutes(40)))
struct TidyTests {
    @Test(arguments: TidyRule.all.map(\.name))
    func theTreeKeepsTheRule(name: String) throws {
        let rule = try #require(TidyRule.all.first { $0.name == name })
        for path in try SourceTree.swiftFiles() where rule.applies(path) {
            for line in rule.findings(try SourceTree.lines(of: path)) {
                Issue.record("\(path):\(line): \(rule.name): \(rule.advice)")
            }
        }
    }

    /// The canary: a rule that no longer finds anything must fail here, not pass everywhere.
    @Test(arguments: [
        ("clock", "let now = Date()"),
        ("print", "print(\"hello\")"),
        ("thread", "pthread_create(&thread, nil, body, nil)"),
        ("async", "func load() async throws {}"),
        ("sleep", "usleep(1000)"),
        ("force", "let value = try! load()"),
        ("lent closure", "let call = Locked<@Sendable (Int) -> Void>({ _ in })"),
        ("unsafe", "let byte = unsafe pointer[0]"),
        ("C import", "import CLevelDB"),
        ("Foundation", "import Foundation"),
        ("@unchecked Sendable", "final class Box: @unchecked Sendable {}"),
        ("undocumented", "package func doSomething() {}"),
        ("text operation on names", "if name.hasPrefix(\".\") { return }"),
        ("text operation on names", "let slash = path.lastIndex(of: \"/\")"),
        ("text operation on names", "let name = String(decoding: bytes, as: UTF8.self)"),
        ("display text as a name", "if name.displayText == other { return }"),
        ("display text as a name", "guard first.text != second.displayText else { return }"),
        ("display text as a name", "let name = Bytes(utf8: path.displayText)"),
        ("display text as a name", "if name.displayText.hasPrefix(\".\") { return }"),
    ])
    func everyRuleFindsItsCanary(name: String, line: String) throws {
        let rule = try #require(TidyRule.all.first { $0.name == name })
        #expect(rule.findings(["// a comment", "", line]) == [3])
    }

    @Test func everyRuleHasACanary() {
        #expect(TidyRule.all.count == 14)
    }

    @Test func commentsAndTextsBreakNoRule() throws {
        let rule = try #require(TidyRule.all.first { $0.name == "unsafe" })
        #expect(rule.findings(["// unsafe here", "let text = \"unsafe\"", "isUnsafe = 1"]) == [])
    }

    @Test func everySourceFileBelongsToATarget() throws {
        let manifest = try SourceTree.text(of: "Package.swift")
        for path in try SourceTree.swiftFiles() where path.hasPrefix("Sources/") {
            let module = path.split(separator: "/")[1]
            #expect(manifest.contains("\"\(module)\""), "\(path) is in no target: add or delete it")
        }
    }

    @Test func theTopLevelHoldsOnlyWhatBelongsThere() throws {
        let allowed = [
            "Package.swift", "Sources", "Tests", "Docs", "tools", "testnet", "README.md",
        ]
        let extra = try SourceTree.topLevel().filter { !allowed.contains($0) && !$0.hasPrefix(".") }
        #expect(extra == [], "move these below Sources, Tests, Docs, tools or testnet")
    }

    @Test func theProgramDoesNotLinkFoundationOrItsICU() throws {
        let program = try SourceTree.builtProgram()
        for library in [
            "libFoundation.so", "lib_FoundationICU.so", "libFoundationInternationalization.so",
        ] {
            #expect(!program.contains(library), "find the import: Foundation weighs 48 MB")
        }
    }
}
