import Buffers
import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(40)))
struct CommandLineParserTests {
    private func typed(_ words: String...) throws -> TypedCommand {
        let outcome = try CommandLineParser.parse(words.map { Bytes(utf8: $0) }, in: .program)
        guard case .run(let typed) = outcome else { throw UsageError("help was asked for") }
        return typed
    }

    private func message(_ words: [String]) -> String? {
        do {
            _ = try CommandLineParser.parse(words.map { Bytes(utf8: $0) }, in: .program)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func optionsMayStandAnywhereBehindTheCommand() throws {
        let add = try typed("add", "-r", "a", "--cid-version=1", "b", "--chunker", "size-1000")
        #expect(add.command.name == "add")
        #expect(add.arguments == ["a", "b"])
        #expect(add.flag("recursive"))
        #expect(add.text("cid-version") == "1")
        #expect(add.text("chunker") == "size-1000")
    }

    @Test(arguments: [["-rQw"], ["-r", "-Q", "-w"], ["--recursive", "--quieter", "-w=true"]])
    func shortOptionsAreBundled(options: [String]) throws {
        let outcome = try CommandLineParser.parse(
            (["add"] + options + ["x"]).map { Bytes(utf8: $0) }, in: .program)
        guard case .run(let add) = outcome else { throw UsageError("help was asked for") }
        #expect(add.flag("recursive") && add.flag("quieter") && add.flag("wrap-with-directory"))
    }

    @Test(arguments: [["-s", "size-9"], ["-ssize-9"], ["-s=size-9"], ["-rs", "size-9"]])
    func valuesOfShortOptions(options: [String]) throws {
        let outcome = try CommandLineParser.parse(
            (["add"] + options).map { Bytes(utf8: $0) }, in: .program)
        guard case .run(let add) = outcome else { throw UsageError("help was asked for") }
        #expect(add.text("chunker") == "size-9")
    }

    @Test func optionsOfOneLetterAndAliasesOfSeveral() throws {
        let format = try typed("cid", "format", "-v", "1", "-mc=raw", "-b", "base36", "x")
        #expect(format.text("v") == "1")
        #expect(format.text("mc") == "raw")
        #expect(format.text("b") == "base36")
        #expect(format.arguments == ["x"])
    }

    @Test func aTimeoutIsADurationAsGoWritesIt() throws {
        #expect(try typed("id", "--timeout=1h5m").timeout == .seconds(3_900))
        #expect(try typed("id").timeout == nil)
        for text in ["soon", "5", "", "1h5"] {
            #expect(
                message(["id", "--timeout", text])?.hasPrefix("time: invalid duration \"\(text)\"")
                    == true)
        }
    }

    /// Every user of the machine can read what is typed.
    @Test func aSecretNeedNotBeTyped() throws {
        let environment = ["HOLDFAST_API_AUTH": "basic:user:pass"]
        let (plain, given) = (try typed("id"), try typed("id", "--api-auth", "token"))
        #expect(try Session.secret(for: plain, environment) == "basic:user:pass")
        #expect(try Session.secret(for: given, environment) == "token")
        #expect(try Session.secret(for: given, [:]) == "token")
        #expect(try Session.secret(for: plain, [:]) == nil)
        #expect(try Session.secret(for: plain, ["HOLDFAST_API_AUTH": ""]) == nil)
        let none = try typed("id", "--api-auth=")
        #expect(try Session.secret(for: none, environment) == nil)
        let damaged = ["HOLDFAST_API_AUTH": "a\u{FFFD}b"]
        let error = #expect(throws: UsageError.self) {
            try Session.secret(for: plain, damaged)
        }
        #expect(error?.message.hasPrefix("$HOLDFAST_API_AUTH is not UTF-8") == true)
        #expect(try Session.secret(for: given, damaged) == "token")
    }

    @Test func afterTwoDashesNothingIsAnOption() throws {
        let add = try typed("add", "--", "-r", "--pin=false")
        #expect(add.arguments == ["-r", "--pin=false"])
        #expect(!add.flag("recursive"))
    }

    /// An accent behind a sign or a dash makes one character of the two, and changes nothing here.
    @Test func wordsAreCutByBytes() throws {
        let accent = Bytes(utf8: "\u{301}x")
        let words: [Bytes] = [
            "add", Bytes("--pin-name=").appending(accent), accent, Bytes("./").appending(accent),
            [0xFF], Bytes("--stdin-name=").appending([0xFE]),
        ]
        guard case .run(let add) = try CommandLineParser.parse(words, in: .program) else {
            throw UsageError("help was asked for")
        }
        #expect(add.arguments == [accent, Bytes("./").appending(accent), [0xFF]])
        #expect(add.bytes("pin-name") == accent)
        #expect(add.bytes("stdin-name") == [0xFE])
        #expect(add.sentOptions.map(\.value) == [accent])
    }

    @Test(arguments: [
        Bytes("--pin-name=").appending([0xFF]), Bytes("--").appending([0xFF]),
        Bytes("-").appending([0xC3, 0xA9]), Bytes(utf8: "-\u{301}r"), Bytes(utf8: "--\u{212a}"),
    ])
    func wordsThatMeanNothingAreRefused(word: Bytes) {
        #expect(throws: UsageError.self) {
            try CommandLineParser.parse(["add", word, "x"], in: .program)
        }
    }

    @Test func oneDashIsAnArgument() throws {
        #expect(try typed("add", "-").arguments == ["-"])
    }

    @Test func booleansTakeValuesAndHaveDefaults() throws {
        #expect(try typed("add", "x").flag("pin"))
        #expect(try !typed("add", "x", "--pin=false").flag("pin"))
        #expect(try typed("add", "x", "--pin=T").sentOptions.map(\.value) == ["true"])
        #expect(try typed("add", "x").sentOptions.isEmpty)
    }

    @Test func whatTheClientDoesIsNotSent() throws {
        let add = try typed("add", "-r", "-H", "--ignore=a", "--ignore=b", "-n", "x")
        #expect(add.sentOptions.map(\.name) == ["only-hash"])
        #expect(add.values("ignore") == ["a", "b"])
    }

    @Test(arguments: [
        ("12", "12"), ("0x1f", "31"), ("0o17", "15"), ("0644", "420"), ("0b11", "3"), ("-7", "-7"),
    ])
    func numbersAreReadAsGoReadsThem(text: String, sent: String) throws {
        #expect(try typed("add", "x", "--mtime=\(text)").text("mtime") == sent)
    }

    @Test func aCommandMayHaveSubcommands() throws {
        #expect(try typed("refs", "local").command.name == "refs local")
        #expect(try typed("refs", "Qm").command.name == "refs")
    }

    @Test(arguments: [
        (["add", "--recusive", "x"], "unknown option --recusive: did you mean --recursive?"),
        (["add", "--chunkr=1", "x"], "unknown option --chunkr: did you mean --chunker?"),
        (["add", "-z", "x"], "unknown option -z"),
        (["-r", "add", "x"], "unknown option -r: it belongs behind the command: holdfast add -r"),
        (["ad", "x"], "unknown command \"ad\": did you mean \"add\"?"),
        (["pin", "lst"], "unknown command \"pin lst\": did you mean \"pin ls\"?"),
        (["frobnicate"], "unknown command \"frobnicate\""),
        (["add", "--chunker"], "missing argument for option \"--chunker\""),
        (["add", "-s"], "missing argument for option \"-s\""),
        (["add", "-n", "-n", "x"], "multiple values for option \"only-hash\""),
        (["get", "a", "b"], "expected 1 argument(s), got 2"),
        (["pin", "update", "a"], "argument \"to-path\" is required"),
        (["block", "rm"], "argument \"cid\" is required"),
        (
            ["add", "--cid-version=x", "y"],
            "could not convert value \"x\" to type \"int\" (for option \"--cid-version\")"
        ),
        (
            ["add", "--mode=-1", "y"],
            "could not convert value \"-1\" to type \"uint\" (for option \"--mode\")"
        ),
        (
            ["add", "--pin=maybe", "y"],
            "could not convert value \"maybe\" to type \"bool\" (for option \"--pin\")"
        ),
    ])
    func mistakesSayWhatWasMeant(words: [String], expected: String) {
        #expect(message(words) == expected)
    }

    /// The program's own help says nothing about the options of a command.
    @Test(
        arguments: [
            Bytes("--name=").appending([0xFF]), "--recursive=maybe", "--timeout=soon",
            "--encoding=xml",
        ])
    func aValueThatIsRefusedPointsToTheHelpOfItsCommand(word: Bytes) {
        let error = #expect(throws: UsageError.self) {
            try CommandLineParser.parse(["pin", "add", word, "x"], in: .program)
        }
        #expect(error?.words == ["pin", "add"])
    }

    @Test(arguments: [[], ["--help"], ["-h"], ["pin"], ["pin", "add", "--help"], ["add", "-rh"]])
    func helpIsAskedForInManyWays(words: [String]) throws {
        guard
            case .help(let path) = try CommandLineParser.parse(
                words.map { Bytes(utf8: $0) }, in: .program)
        else {
            Issue.record("no help for \(words)")
            return
        }
        #expect(path == words.filter { !$0.hasPrefix("-") })
    }

    /// The texts that Go's parser takes, with the base left to them.
    @Test(
        arguments: [
            ("10", 10), ("-0x1F", -31), ("+0b11", 3), ("0o17", 15), ("017", 15), ("0", 0),
            ("0x+5", nil), ("0x-5", nil), ("0+7", nil), ("0b+1", nil), ("0o-1", nil), ("--5", nil),
            ("+-5", nil), ("0x", nil), ("", nil), ("-", nil), ("5\u{301}", nil), ("09", nil),
        ] as [(String, Int128?)])
    func numbersHaveOneSign(text: String, number: Int128?) {
        #expect(OptionValue.integer(text) == number)
    }
}
