import Buffers
package import Execution
import Multiformats

/// One walk over the whole log, as far as it has come.
package struct ScrubRun: Hashable, Sendable {
    /// When it began, to the second.
    package let began: WallTime
    /// When it came to its end; nil while it goes on.
    package internal(set) var ended: WallTime?
    /// The last number of the log when it began: it ends there.
    package let target: UInt64
    /// Values that were read and hashed.
    package internal(set) var checkedCount: UInt64 = 0
    /// Bytes of their blocks.
    package internal(set) var checkedByteCount: UInt64 = 0
    /// Blocks that are in quarantine: damaged at two looks.
    package internal(set) var damagedCount: UInt64 = 0
    /// Blocks that were in quarantine, were found whole and are served again.
    package internal(set) var freedCount: UInt64 = 0
    /// Numbers of the log that the disk did not give, or whose values are none.
    package internal(set) var unreadableCount: UInt64 = 0
    /// Values that the index does not point at.
    package internal(set) var garbageCount: UInt64 = 0

    init(began: WallTime, target: UInt64) {
        self.began = WallTime(seconds: max(0, began.seconds))
        self.target = target
    }

    mutating func add(_ findings: BlockFindings) {
        damagedCount += UInt64(findings.damagedCount)
        freedCount += UInt64(findings.freedCount)
        unreadableCount += UInt64(findings.unreadableCount)
        garbageCount += UInt64(findings.garbageCount)
    }

    mutating func add(_ gaps: [LogPage.Gap]) {
        for gap in gaps {
            let count = max(1, UInt64(gap.numbers.count))
            unreadableCount = min(unreadableCount + count, Limits.sequenceMax)
        }
    }

    // MARK: the state

    ///     varint began | varint ended, 0 for not yet | varint target | six varints: the counts
    func write(to writer: inout ByteWriter) {
        let counts = [
            checkedCount, checkedByteCount, damagedCount, freedCount, unreadableCount, garbageCount,
        ]
        let times = [began.seconds, ended?.seconds ?? 0].map { UInt64(max(0, $0)) }
        for number in times + [target] + counts { writer.appendVarint(number) }
    }

    init?(reading reader: inout ByteReader) {
        var numbers: [UInt64] = []
        for _ in 0..<9 {
            // Room above for what is still to be counted.
            guard let number = try? reader.readVarint(), number <= Limits.sequenceMax else {
                return nil
            }
            numbers.append(number)
        }
        guard let began = Int64(exactly: numbers[0]), let ended = Int64(exactly: numbers[1]) else {
            return nil
        }
        self.init(began: WallTime(seconds: began), target: numbers[2])
        if ended > 0 { self.ended = WallTime(seconds: ended) }
        (checkedCount, checkedByteCount, damagedCount) = (numbers[3], numbers[4], numbers[5])
        (freedCount, unreadableCount, garbageCount) = (numbers[6], numbers[7], numbers[8])
    }
}
