import Buffers
import Execution
import TestSupport
import Testing

@testable import BlockStore

/// What is known of damage: until somebody has dealt with it, and no longer.
@Suite(.timeLimit(.minutes(40)))
struct DamageNotesTests {
    private let scratch: ScratchStore
    private let now = WallTime(seconds: 0)

    init() throws { scratch = try ScratchStore() }

    private var path: String { scratch.folder + "/damage" }

    @Test func aFileThatIsRemovedIsDealtWith() throws {
        let notes = DamageNotes(in: scratch.folder)
        #expect(notes.lines.isEmpty)
        #expect(try notes.add("one", now: now))
        #expect(try !notes.add("one", now: now))
        #expect(notes.lines == ["1970-01-01T00:00:00.000Z one"])
        #expect(DamageNotes(in: scratch.folder).lines == notes.lines)
        #expect(try File.removeIfThere(path))
        #expect(notes.lines.isEmpty)
        #expect(try notes.add("two", now: now))
        #expect(try File.readAll(path, limit: 1000).displayText == "1970-01-01T00:00:00.000Z two\n")
    }

    @Test func whatIsRemovedBeforeTheNextFindingDoesNotComeBack() throws {
        let notes = DamageNotes(in: scratch.folder)
        #expect(try notes.add("one", now: now))
        #expect(try File.removeIfThere(path))
        #expect(try notes.add("two", now: now))
        #expect(notes.lines.count == 1)
    }

    /// They are in the log of the node then, each once.
    @Test func furtherOnesAreNewAllTheSame() throws {
        let notes = DamageNotes(in: scratch.folder)
        for number in 0..<Limits.damageNotesMax {
            #expect(try notes.add("finding \(number)", now: now))
        }
        #expect(try notes.add("one more", now: now))
        #expect(try !notes.add("one more", now: now))
        #expect(notes.lines.count == Limits.damageNotesMax)
    }

    @Test func manyWhoAddToTheMarkLoseNothing() throws {
        let mark = RepairMark(in: scratch.folder)
        for _ in 0..<50 {
            let threads = RepairMark.Line.allCases.map { line in
                Thread(name: "mark") { try? mark.add([line]) }
            }
            for thread in threads { thread.join() }
            #expect(try mark.lines() == Set(RepairMark.Line.allCases))
            try mark.clear()
            #expect(try mark.lines().isEmpty)
        }
    }
}
