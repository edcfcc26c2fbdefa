import Buffers
import Content
import Execution
import FoundationEssentials
import JSON
import Testing

@testable import KuboRPC

/// Answers that wait for the end of their request: one file, and little memory.
@Suite(.serialized, .timeLimit(.minutes(40)))
struct ResultSpoolTests {
    private let node: TestNode

    init() throws { node = try TestNode() }

    private var inUse: Int { node.library.stateMemory.budget.inUse }

    /// Files without a name below the folder of the spool.
    private func openFileCount() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count { name in
            let target = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/fd/" + name)
            return target?.contains(node.folder) == true && target?.contains("unnamed-") == true
        }
    }

    /// A list of pins that are to be removed, and what is answered to that, are there on a full disk, too.
    @Test func onlyWhatMakesRoomComesOutOfTheReserve() throws {
        let node = try TestNode(reserveByteCount: 1 << 60)
        let piece = Bytes([UInt8](repeating: 1, count: 1 << 20))
        let pieceCount = Int(Limits.reservedSpoolBytesMax) / piece.count
        let (answer, arguments) = (
            ResultSpool(node.access), SpooledBytes(node.access, mayUseReserve: true)
        )
        for _ in 0..<pieceCount {
            try answer.append(piece)
            try arguments.append(piece)
        }
        let upload = SpooledBytes(node.access)
        for append in [answer.append, arguments.append, upload.append] {
            let error = #expect(throws: ContentError.self) { try append(piece) }
            #expect(error?.message.contains("above the reserve") == true)
        }
    }

    /// Many of them together have a part of the reserve, so that it stays a reserve.
    @Test func allTogetherLeaveMostOfTheReserve() throws {
        let node = try TestNode(reserveByteCount: 1 << 60)
        let piece = Bytes([UInt8](repeating: 1, count: 8 << 20))
        var all = (0..<8).map { _ in ResultSpool(node.access) }
        for answer in all { try answer.append(piece) }
        #expect(throws: ContentError.self) { try ResultSpool(node.access).append(piece) }
        all.removeLast()
        try ResultSpool(node.access).append(piece)
    }

    private static func value(_ list: Int, _ number: Int) -> String {
        "\(list)-\(1_000_000 + number)-" + String(repeating: "x", count: 500)
    }

    @Test func listsOfOneAnswerShareAFileAndKeepNoMemory() throws {
        let spool = ResultSpool(node.access)
        var expected = "["
        try spool.append("[")
        for index in 0..<5 {
            let list = spool.makeList()
            // 5.5 MiB each: three runs.
            for number in stride(from: 9_999, through: 0, by: -1) {
                let text = Self.value(index, number)
                #expect(
                    try list.appendAtOnce(key: Bytes(utf8: text), JSONOutput.text(text)) == .done)
            }
            try spool.append(index > 0 ? ",[" : "[")
            try spool.append(list)
            try spool.append("]")
            #expect(inUse == 0)
            expected += index > 0 ? ",[" : "["
            expected += (0..<10_000).map { "\"\(Self.value(index, $0))\"" }.joined(separator: ",")
            expected += "]"
        }
        try spool.append("]")
        expected += "]"
        #expect(try openFileCount() == 1)
        #expect(spool.byteCount == UInt64(expected.utf8.count))
        let pieces = spool.pieces()
        let (bytes, longest) = try drain(pieces)
        #expect(bytes == Bytes(utf8: expected))
        #expect(longest <= 2 * Limits.linePieceBytes)
        #expect(inUse == 0)
    }

    @Test func shortListsOfManyArgumentsTakeNoMemory() throws {
        let spool = ResultSpool(node.access)
        for index in 0..<20_000 {
            let list = spool.makeList()
            #expect(try list.appendAtOnce(key: "b", JSONOutput.count(index)) == .done)
            #expect(try list.appendAtOnce(key: "a", JSONOutput.null) == .done)
            try spool.append(list)
            try spool.append("\n")
        }
        #expect(inUse == 0)
        #expect(try openFileCount() == 1)
        let lines = try drain(spool.pieces()).bytes.displayText.split(separator: "\n")
        #expect(lines == (0..<20_000).map { "null,\($0)"[...] })
    }

    /// Twelve MiB each as JSON, and two as a key: none of the values is in memory while they are
    /// merged.
    @Test func longRecordsAreCountedAndReadInPieces() throws {
        let spool = ResultSpool(node.access)
        let list = spool.makeList()
        let names = (0..<4).map { number in
            Bytes([UInt8](repeating: UInt8(4 - number), count: 2 << 20))
        }
        for name in names {
            #expect(try list.appendAtOnce(key: name, JSONOutput.text(name.displayText)) == .done)
            // What was spilled is given back, or is about to be.
            #expect(inUse <= 15 << 20)
        }
        try spool.append(list)
        #expect(inUse == 0)
        let next = spool.pieces()
        let first = try #require(try next())
        #expect(inUse >= 3 * (2 << 20) && inUse <= 10 << 20)
        let (rest, longest) = try drain(next)
        #expect(max(first.count, longest) <= 2 * Limits.linePieceBytes)
        let expected = names.reversed().map { JSONOutput.text($0.displayText).line.dropLast(1) }
        #expect(first.appending(rest) == expected.joined(separator: ","))
        #expect(inUse == 0)
    }

    /// A list behind words of the answer is merged before those are said, so that who gets no memory for it
    /// is told so.
    @Test func theMemoryOfAListIsThereBeforeTheFirstPiece() throws {
        let spool = ResultSpool(node.access)
        let list = spool.makeList(isUnique: false)
        let end = String(repeating: "x", count: 3_000)
        for number in 0..<2_000 {
            try list.append(key: Bytes(utf8: "\(number)"), Bytes(utf8: "\(number)\(end)"))
        }
        try spool.append("[")
        try spool.append(list)
        #expect(inUse == 0)
        let next = spool.pieces()
        #expect(try next() == "[")
        #expect(inUse > 0)
        #expect(try drain(next).bytes.count > 2_000 * end.utf8.count)
        #expect(inUse == 0)
    }

    @Test func aValueThatThereIsNoMemoryForIsRefused() throws {
        let spool = ResultSpool(node.access)
        let text = String(repeating: "\u{1}", count: 6 << 20)
        for body in [
            { try spool.append(line: .text(text)) },
            { _ = try spool.makeList().appendAtOnce(key: "", JSONOutput.text(text)) },
        ] {
            let error = #expect(throws: ContentError.self) { try body() }
            #expect(error?.code == .tooMuchMemory)
        }
        #expect(inUse == 0)
    }

    @Test func ofOneKeyTheFirstCountsWhereKeysAreUnique() throws {
        for padding in [1, 3000] {
            let spool = ResultSpool(node.access)
            let list = spool.makeList(isUnique: true)
            let end = String(repeating: "x", count: padding)
            for round in 0..<2 {
                for number in 0..<1000 {
                    try list.append(
                        key: Bytes(utf8: "\(1000 + number)"), Bytes(utf8: "\(round)\(end)"))
                }
            }
            try spool.append(list)
            let text = try drain(spool.pieces()).bytes.displayText
            #expect(text == [String](repeating: "0" + end, count: 1000).joined(separator: ","))
            #expect((spool.byteCount == nil) == (padding > 1))
        }
    }

    @Test func aListWithoutRecordsIsNothing() throws {
        let spool = ResultSpool(node.access)
        try spool.append(spool.makeList())
        #expect(spool.byteCount == 0)
        #expect(spool.takeShort() == .empty)
    }
}
