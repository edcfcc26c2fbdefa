import Buffers
import Execution
import TestSupport
import Testing

/// The built program on a terminal of its own (`script` of util-linux makes one).
@Suite(.timeLimit(.minutes(40)), .serialized)
struct TerminalTests {
    /// A title, a bell, a NUL, a C1 control sequence, what turns text around, and no UTF-8.
    private static let hostile = Bytes([0x1B]).appending("]0;title").appending(Bytes([0x07, 0x00]))
        .appending(Bytes(utf8: "\u{9B}31m\u{202E}x")).appending([0x9B, 0xFF])

    /// What a terminal gets from a line of shell.
    private func shown(_ line: String, _ place: TestPlace) throws -> Bytes {
        let run = try place.shell("script -qec '\(line)' /dev/null < /dev/null")
        #expect(run.exitCode == 0, "\(run.outputText)")
        return run.output
    }

    @Test(arguments: [
        "multibase decode encoded", "multibase encode -b identity bytes",
        "multibase transcode -b identity encoded",
    ])
    func whatIsConvertedReachesATerminalPrintable(line: String) throws {
        let place = try TestPlace()
        try File.replace(place.path("bytes"), with: Self.hostile)
        try #require(try place.shell("holdfast multibase encode bytes > encoded").exitCode == 0)
        let bytes = try shown("holdfast " + line, place)
        let raw = bytes.array.filter { $0 < 0x20 && $0 != 0x0A && $0 != 0x0D || $0 == 0x7F }
        #expect(raw.isEmpty)
        let text = try #require(bytes.utf8Text)
        #expect(text.contains("\\x1b]0;title\\a\\x00\\u009b31m\\u202ex"), "\(text)")
        // A pipe gets the bytes.
        let piped = try place.shell("holdfast \(line)").output
        #expect(piped.ends(with: Self.hostile))
    }

    /// Errors are for people: the next program in the pipe may be a pager, or the log of a build.
    @Test func errorsArePrintableInAPipeToo() throws {
        let place = try TestPlace()
        try place.write("file", "hello\n")
        let cid = try place.run("add", "-Q", place.path("file")).outputText.dropLast()
        for words in [
            ["cat", "\(cid)/a\u{1b}]0;title\u{7}b"], ["cat", "no\u{1b}[31mCID"],
            ["add", "no\u{1b}[31mfile"], ["no\u{1b}[31mcommand"], ["add", "--no\u{1b}[31moption"],
        ] {
            let run = try place.run(words)
            #expect(run.exitCode == 1)
            let raw = run.errorText.utf8.filter { $0 < 0x20 && $0 != 0x0A || $0 == 0x7F }
            #expect(raw.isEmpty && run.errorText.contains("\\x1b"), "\(run.errorText)")
        }
    }

    @Test func theProgressOfGetEndsAtItsTotal() throws {
        let place = try TestPlace()
        try place.write("file", "hello\n")
        let cid = try place.run("add", "-Q", place.path("file")).outputText.dropLast()
        let got = try place.run("get", "--progress", "-o", place.path("o"), String(cid))
        #expect(got.errorText.contains("6 B / 6 B ["), "\(got.errorText)")
        for flag in ["-a", "-C"] {
            let saved = try place.run("get", "--progress", flag, "-o", place.path("o"), String(cid))
            #expect(saved.errorText.contains("/s") && !saved.errorText.contains("%"))
        }
    }

    /// The exceptions that the page on security names.
    @Test func contentReachesATerminalAsItIs() throws {
        let place = try TestPlace()
        try File.replace(place.path("bytes"), with: Bytes([0x1B, 0x07]))
        let cid = try place.shell("holdfast add -Q --cid-version=1 bytes").outputText.dropLast()
        for command in ["cat", "block get"] {
            #expect(try shown("holdfast \(command) \(cid)", place) == Bytes([0x1B, 0x07]))
        }
    }
}
