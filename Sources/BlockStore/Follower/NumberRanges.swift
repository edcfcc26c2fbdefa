import Buffers
import Multiformats

/// Ranges of numbers of the log, in order, which do not touch. No more than a limit: beyond it the last ones
/// become one that has what lies between them, too.
struct NumberRanges: Hashable, Sendable {
    private(set) var ranges: [Range<UInt64>] = []

    var isEmpty: Bool { ranges.isEmpty }

    /// Adds numbers behind all before; none is harmless.
    mutating func append(_ numbers: Range<UInt64>) {
        guard !numbers.isEmpty else { return }
        guard let last = ranges.last else { return ranges.append(numbers) }
        let isFull = ranges.count >= Limits.numberRangesMax
        guard isFull || numbers.lowerBound <= last.upperBound else { return ranges.append(numbers) }
        let upperBound = max(last.upperBound, numbers.upperBound)
        ranges[ranges.count - 1] = min(last.lowerBound, numbers.lowerBound)..<upperBound
    }

    /// - Complexity: the logarithm of the count.
    func contains(_ number: UInt64) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound <= number { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(number)
    }

    // MARK: as a part of a state

    ///     varint count | for each: varint first number, varint how many
    func write(to writer: inout ByteWriter) {
        writer.appendVarint(UInt64(ranges.count))
        for range in ranges {
            writer.appendVarint(range.lowerBound)
            writer.appendVarint(range.upperBound - range.lowerBound)
        }
    }

    /// Nil for what no ranges were written as.
    init?(reading reader: inout ByteReader) {
        guard let count = try? reader.readVarint(), count <= UInt64(Limits.numberRangesMax) else {
            return nil
        }
        for _ in 0..<count {
            guard let first = try? reader.readVarint(), first <= Limits.sequenceMax,
                let length = try? reader.readVarint(), (1...Limits.sequenceMax).contains(length),
                first > ranges.last?.upperBound ?? 0 || ranges.isEmpty
            else { return nil }
            ranges.append(first..<first + length)
        }
    }

    init() {}
}
