/// One thing that a source file must not contain, and what to use instead.
struct TidyRule: Sendable {
    let name: String
    /// Said to the author.
    let advice: String
    /// Whether the rule looks at a file, given its path from the root of the repository.
    let applies: @Sendable (String) -> Bool
    /// The numbers of the lines, from 1, that break the rule.
    let findings: @Sendable ([String]) -> [Int]

    /// A rule about a word that stands in code, outside comments and texts. It does not look at a
    /// member of that name: what the word follows then is in `members`.
    static func word(
        _ name: String, _ words: [String], allowedIn allowed: [String] = [],
        unlessAfter members: [String] = [], advice: String
    ) -> TidyRule {
        TidyRule(
            name: name, advice: advice,
            applies: { path in
                path.hasPrefix("Sources/") && !allowed.contains { path.hasPrefix($0) }
            },
            findings: { lines in
                SourceText.code(of: lines).enumerated().compactMap { index, line in
                    let isFound = words.contains { word in
                        SourceText.contains(word: word, in: line)
                            && !members.contains { line.contains($0 + word) }
                    }
                    return isFound ? index + 1 : nil
                }
            })
    }

    /// Folders whose code may touch memory and C by hand (Docs/developing.md).
    static let fences = [
        "Sources/Buffers/", "Sources/Execution/", "Sources/Vault/", "Sources/BlockStore/LevelDB/",
        "Sources/HTTPServer/", "Sources/HTTPClient/", "Sources/KuboRPC/Gzip",
        "Sources/TestSupport/",
    ]

    static let all: [TidyRule] = [
        .word(
            "clock", ["Date(", "ContinuousClock", "SystemRandomNumberGenerator"],
            allowedIn: ["Sources/Execution/", "Sources/Vault/"],
            advice: "use Instant, WallTime or Vault's random bytes, injected"),
        .word(
            "print", ["print("], allowedIn: ["Sources/holdfast/"],
            unlessAfter: [".", "func "], advice: "use the log, or the command line's output"),
        .word(
            "thread", ["pthread_create", "DispatchQueue", "Task {"],
            allowedIn: ["Sources/Execution/"], advice: "use Execution.Thread or WorkPool"),
        .word(
            "async", ["async", "await", "actor"],
            advice: "direct style: a thread that waits, with a Deadline"),
        .word("sleep", ["sleep(", "usleep("], advice: "wait on a Monitor with a Deadline"),
        .word(
            "force", ["try!", "as!"], advice: "throw, or use precondition with a sentence"),
        .word(
            "lent closure", ["Locked<@Sendable", "Monitor<@Sendable"],
            advice: "put it into a struct: a closure is wrapped once more whenever it is lent"),
        .word(
            "unsafe", ["unsafe"], allowedIn: fences, advice: "move it behind a fence"),
        .word(
            "C import",
            [
                "import CLevelDB", "import CBlake2", "import CCurl", "import CMicroHTTPD",
                "import COpenSSL", "import CCRC32C", "import CMalloc", "import CZlib",
                "import Glibc",
            ], allowedIn: fences, advice: "move it behind a fence"),
        TidyRule(
            name: "Foundation",
            advice: "use FoundationEssentials at a JSON edge, or nothing",
            applies: { _ in true },
            findings: { lines in
                SourceText.code(of: lines).enumerated().compactMap { index, line in
                    line.hasSuffix("import Foundation")
                        || line.contains("import FoundationNetworking")
                        ? index + 1 : nil
                }
            }),
        TidyRule(
            name: "@unchecked Sendable",
            advice: "write the reason above it with the word because, or use a lock box",
            applies: { $0.hasPrefix("Sources/") }, findings: SourceText.unexplainedSendables),
        TidyRule(
            name: "undocumented",
            advice: "say in a doc comment what the name does not",
            applies: { $0.hasPrefix("Sources/") && !$0.hasPrefix("Sources/TestSupport/") },
            findings: SourceText.undocumentedDeclarations),
        textOperations, textOfNames,
    ]
}
