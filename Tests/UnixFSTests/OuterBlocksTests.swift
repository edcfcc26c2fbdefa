import Testing

@testable import UnixFS

/// What stays in memory of a way down, and what counts it.
struct OuterBlocksTests {
    private final class Memory: KeptBlock {
        let level: Int
        init(_ level: Int) { self.level = level }
    }

    /// Goes down over blocks of so many KiB, the last of which is not left, and comes back.
    ///
    /// - Returns: which of the others are still there.
    private func kept(_ sizes: [Int]) -> [Int] {
        var blocks = OuterBlocks<Int>()
        for (level, size) in sizes.dropLast().enumerated() {
            blocks.leave(
                level, byteCount: size << 10, isInCID: false, countedIn: Memory(level),
                before: sizes[level + 1] << 10)
        }
        return sizes.dropLast().compactMap { _ in
            guard let (cursor, memory) = blocks.comeBack() else { return nil }
            #expect((memory as? Memory)?.level == cursor)
            return cursor
        }
    }

    private static let ways: [([Int], [Int])] = [
        ([8_192, 1], [0]), ([8_192, 8_193], []), ([8_192, 8_192], []),
        ([8_192, 4_096, 2_048, 1], [2, 1, 0]), ([8_192, 4_096, 4_096, 1], [2, 0]),
        ([100, 200, 300, 400], [2, 1, 0]), ([100, 200, 300, 500], [2, 1]),
        ([8_192, 300, 300, 300], [2, 1, 0]), ([8_192, 300, 300, 300, 300], [3, 2, 0]),
    ]

    @Test(arguments: ways)
    func whatIsLightOrHeavierThanAllBelowStays(sizes: [Int], levels: [Int]) {
        #expect(kept(sizes) == levels)
    }

    @Test func whatNobodyCountsIsLetGoOf() {
        var blocks = OuterBlocks<Int>()
        blocks.leave(0, byteCount: 10, isInCID: false, countedIn: nil, before: 1)
        #expect(blocks.heldByteCount == 0)
        #expect(blocks.comeBack()?.cursor == nil)
    }

    /// The block around it is what is counted, once.
    @Test func whatLiesInACIDIsNotKeptBehind() {
        var blocks = OuterBlocks<Int>()
        blocks.leave(0, byteCount: 10, isInCID: false)
        blocks.leave(1, byteCount: 5, isInCID: true, countedIn: Memory(0), before: 1)
        #expect(blocks.heldByteCount == 10)
        #expect(blocks.comeBack()?.cursor == nil)
        blocks.leave(1, byteCount: 5, isInCID: true, countedIn: Memory(7), before: 1)
        #expect(blocks.comeBack()?.cursor == nil)
        let found = blocks.comeBack()
        #expect(found?.cursor == 0)
        #expect((found?.memory as? Memory)?.level == 0)
    }

    @Test func allIsLetGoOf() {
        var blocks = OuterBlocks<Int>()
        let memory = Memory(0)
        blocks.leave(0, byteCount: 10, isInCID: false, countedIn: memory, before: 1)
        #expect(blocks.heldByteCount == 10)
        blocks.release()
        #expect(blocks.heldByteCount == 0)
        #expect(blocks.comeBack()?.cursor == nil)
    }
}
