import Testing

@testable import Content

/// What was lost with a failure must not be forgotten: the rest of a batch would be left out of an
/// answer that looks complete.
@Suite(.timeLimit(.minutes(20)))
struct OrderedWorkTests {
    private struct Full: Error {}

    @Test func nothingFollowsAFailedDelivery() throws {
        let scratch = try ScratchLibrary()
        let work = OrderedWork<Int, Int, Int>(
            for: scratch.access,
            window: .init(bytesMax: 1_000, batchBytesMin: 10, batchCountMax: 4)
        ) { $0 * 2 }
        var delivered: [Int] = []
        for number in 0..<3 {
            try work.push(number, number, byteCount: 1) { tag, _ in delivered.append(tag) }
        }
        #expect(throws: Full.self) {
            try work.finish { tag, _ in
                if tag == 1 { throw Full() }
                delivered.append(tag)
            }
        }
        #expect(throws: Full.self) {
            try work.push(3, 3, byteCount: 1) { tag, _ in delivered.append(tag) }
        }
        #expect(throws: Full.self) { try work.finish { tag, _ in delivered.append(tag) } }
        #expect(delivered == [0])
    }
}
