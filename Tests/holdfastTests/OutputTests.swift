import Buffers
import Execution
import JSON
import TestSupport
import Testing

@testable import holdfast

@Suite(.timeLimit(.minutes(40)))
struct OutputTests {
    @Test func columnsAreAlignedWhereTheyStandTogether() {
        let text = AlignedTable.text([
            ["Hash", "Size", "Name"], ["bafyaaa", "-", "sub/"], ["x:"], ["Qm", "123", "b"],
        ])
        #expect(text == "Hash    Size Name\nbafyaaa -    sub/\nx:\nQm 123 b\n")
    }

    @Test func aLeastWidthIsKept() {
        #expect(
            AlignedTable.text([["a", "1", "x"]], cellWidthMin: 10) == "a         1         x\n")
    }

    @Test(
        arguments: [
            (0, "0 B"), (9, "9 B"), (10, "10 B"), (82, "82 B"), (999, "999 B"), (1_000, "1.0 kB"),
            (1_100, "1.1 kB"), (9_950, "10 kB"), (594_736, "595 kB"), (10_000_000_000, "10 GB"),
        ] as [(UInt64, String)])
    func sizesAreWrittenAsGoHumanizeWritesThem(count: UInt64, text: String) {
        #expect(HumanSize.decimal(count) == text)
    }

    @Test(arguments: [
        ("plain name.txt", "plain name.txt"), ("ü😀", "ü😀"), ("a\nb", "a\\nb"),
        ("back\\slash", "back\\\\slash"), ("\u{1b}[31m", "\\x1b[31m"), ("a\u{a0}b", "a\\u00a0b"),
        ("quote\"\n", "quote\"\\n"),
    ])
    func namesAreMadePrintable(name: String, printed: String) {
        #expect(PrintableName.escaped(name) == printed)
    }

    @Test(arguments: PrintableSample.all)
    func onlyWhatShowsIsPrintedAsItIs(sample: PrintableSample) {
        let text = "a\(sample.scalar)b"
        #expect((PrintableName.escaped(text) == text) == sample.isPrintable)
        let isKept = sample.isPrintable || sample.scalar == "\t"
        #expect((PrintableName.forTerminalLine(text) == text) == isKept)
        #expect((PrintableName.forTerminal(text) == text) == (isKept || sample.scalar == "\n"))
    }

    @Test(arguments: [
        ("one\ttwo\nthree", "one\ttwo\nthree"), ("back\\slash ü", "back\\slash ü"),
        ("\u{1b}]0;title\u{7}\r", "\\x1b]0;title\\a\\r"), ("\u{9b}2J", "\\u009b2J"),
        ("a\u{202e}b", "a\\u202eb"), ("\u{7f}", "\\x7f"),
    ])
    func textsForATerminalHaveNoControlCharacters(text: String, printed: String) {
        #expect(PrintableName.forTerminal(text) == printed)
    }

    /// What a terminal gets is printable; what a script gets is exact; content is never changed.
    @Test(arguments: [true, false])
    func strangersTextReachesATerminalPrintable(isTerminal: Bool) throws {
        let place = try TestPlace(makesRepository: false)
        let output = TextOutput(try File(place.path("o"), .replace), isTerminal: isTerminal)
        let name = "\u{1b}[2Jna\nme"
        try output.line(name)
        try output.line(Bytes(utf8: name))
        try output.control(.clearLine)
        try output.write(Bytes(utf8: name))
        try output.flush()
        let written = try File.readAll(place.path("o"), limit: 1_000)
        let shown = isTerminal ? "\\x1b[2Jna\\nme\n" : name + "\n"
        #expect(written == Bytes(utf8: shown + shown + "\r\u{1b}[2K" + name))
    }

    @Test func piecesOfATextEndBetweenCharacters() throws {
        let text = Bytes(utf8: "aü€😀\u{301}").appending([0xFF, 0xF0, 0x9F]).appending("b")
        for size in 1...text.count {
            var pieces = TextPieces()
            var taken: [Bytes] = []
            for start in stride(from: 0, to: text.count, by: size) {
                taken.append(pieces.take(text[start..<min(text.count, start + size)]))
            }
            taken.append(pieces.finish())
            #expect(taken.joined(separator: .empty) == text)
            #expect(taken.map(\.displayText).joined() == text.displayText)
        }
        var pieces = TextPieces()
        #expect(pieces.take(Bytes(utf8: "€").prefix(2)) == .empty)
        #expect(pieces.finish() == Bytes(utf8: "€").prefix(2))
        #expect(pieces.finish() == .empty)
    }

    @Test(
        arguments: [
            (0o644, "-rw-r--r--"), (0o755 | 1 << 31, "drwxr-xr-x"), (0o777 | 1 << 27, "lrwxrwxrwx"),
            (0o755 | 1 << 23, "-rwsr-xr-x"), (0o666 | 1 << 20, "-rw-rw-rwT"),
        ] as [(UInt64, String)])
    func modesAreWrittenAsLsWritesThem(mode: UInt64, text: String) {
        #expect(FileListing.mode(mode) == text)
    }

    @Test(arguments: [
        ("0001-01-01T00:00:00Z", "-"), ("2026-11-02T15:04:05Z", "Nov 02 15:04"),
        ("2023-12-01T00:00:00Z", "Dec 01  2023"), ("2027-01-15T00:00:00Z", "Jan 15  2027"),
    ])
    func timesAreWrittenAsLsWritesThem(time: String, text: String) {
        // 2026-11-21T12:00:00Z
        #expect(FileListing.time(time, now: WallTime(seconds: 1_795_262_400)) == text)
    }

    @Test func theSummaryOfDAGsIsKubos() throws {
        let value = try JSONReader.read(
            Array(
                """
                {"UniqueBlocks":5,"TotalSize":201,"Ratio":1,"DagStats":[{"Cid":"bafy","Size":201,\
                "NumBlocks":5}]}
                """.utf8))
        #expect(
            try DAGActions.statText(value) == """

                CID \tBlocks         \tSize
                bafy\t5              \t201

                Summary
                Total Size: 201 (201 B)
                Unique Blocks: 5
                Shared Size: 0 (0 B)
                Ratio: 1.000000



                """)
    }

    /// What a node says of itself can look like the words of a format.
    @Test func aFormatIsFilledOnce() {
        let words = [("<id>", "<aver>\\n"), ("<aver>", "<id>"), ("\\n", "\n")]
        #expect(NodeActions.filled("a <id>\\n<aver><", words) == "a <aver>\\n\n<id><")
    }

    @Test func aBarShowsHowFarItIs() {
        var bar = ProgressBar(
            on: TextOutput(descriptor: -1, name: "nowhere"), totalByteCount: 2_048)
        try? bar.add(1_024)
        let text = bar.text(after: .seconds(1))
        #expect(text == "1.0 KiB / 2.0 KiB [===============>              ] 50%  1.0 KiB/s")
    }
}
