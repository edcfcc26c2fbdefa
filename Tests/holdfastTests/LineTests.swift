import Buffers
import Testing

@testable import holdfast

/// Lines of an answer, cut and handed on.
@Suite(.timeLimit(.minutes(40)))
struct LineTests {
    private static func pass(_ pieces: [Bytes]) throws -> (text: Bytes, checked: [Int]) {
        var passage = LinePassage()
        var text: [UInt8] = []
        var checked: [Int] = []
        func take(_ part: Bytes) {
            #expect(part.utf8Text != nil)
            text += part.array
        }
        for piece in pieces {
            try passage.feed(piece, check: { checked.append($0.count) }, pass: take)
        }
        try passage.finish(check: { checked.append($0.count) }, pass: take)
        return (Bytes(text), checked)
    }

    @Test func linesGoOnAsTheyCame() throws {
        let text = Bytes(utf8: "{\"a\":1}\n\n[ü😀]\nlast")
        let wanted = Bytes(utf8: "{\"a\":1}\n[ü😀]\nlast\n")
        for pieces in [[text], text.array.map { [$0] }] {
            let passed = try Self.pass(pieces)
            #expect(passed.text == wanted)
            #expect(passed.checked == [7, 8, 4])
        }
    }

    /// A character may lie across the place where a long line is cut.
    @Test(arguments: ["ü", "€", "😀", "x"])
    func aLongLineGoesOnWithoutWaitingForItsEnd(mark: String) throws {
        let count = Limits.heldLineByteCountMax / mark.utf8.count + 1_000
        let line = Bytes(utf8: String(repeating: mark, count: count))
        let text = line.appending(Bytes(utf8: "\nshort\n"))
        for size in [1_000, 65_537] {
            let pieces = stride(from: 0, to: text.count, by: size).map {
                text[$0..<min(text.count, $0 + size)]
            }
            let passed = try Self.pass(pieces)
            #expect(passed.text == text)
            #expect(passed.checked == [5])
        }
    }

    @Test func anErrorIsSeenBeforeItsLineGoesOn() throws {
        var passage = LinePassage()
        var text = Bytes.empty
        try passage.feed("{\"a\":1}\n{\"Type\":", check: { _ in }, pass: { text = $0 })
        #expect(throws: NodeError.self) {
            try passage.feed(
                "\"error\"}\n", check: { _ in throw NodeError("no") },
                pass: { text = text.appending($0) })
        }
        #expect(text == "{\"a\":1}\n")
    }

    @Test func linesAreCutWhereverPiecesEnd() throws {
        let text = Bytes(utf8: "one\n\ntwo\nthree")
        for end in 0...text.count {
            var lines = LineSplitter()
            var found: [String] = []
            func take(_ line: [UInt8]) { found.append(Bytes(line).displayText) }
            try lines.feed(text.prefix(end), take)
            try lines.feed(text.dropFirst(end), take)
            try lines.finish(take)
            #expect(found == ["one", "two", "three"])
        }
    }

    @Test func aLineBeyondTheLimitIsRefused() throws {
        var lines = LineSplitter()
        let piece = Bytes([UInt8](repeating: 0x61, count: 8 << 20))
        #expect(throws: NodeError.self) {
            for _ in 0...Limits.answerLineByteCountMax / piece.count {
                try lines.feed(piece) { _ in }
            }
        }
    }
}
