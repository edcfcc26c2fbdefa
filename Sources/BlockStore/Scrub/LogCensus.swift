import Buffers
import Multiformats

/// How many of the values that a walk over the log has met the index points at, for parts of the log. Where the
/// index has more, the log has lost some.
///
/// Parts that follow each other become one when there are too many: each has some thousandth of the log then.
package struct LogCensus: Hashable, Sendable {
    private struct Part: Hashable {
        /// Its last number; it begins behind the part before.
        var through: UInt64
        var count: UInt64
    }

    private var parts: [Part] = []

    init() {}

    var isEmpty: Bool { parts.isEmpty }

    /// How many parts there are.
    var count: Int { parts.count }

    /// The last number that was looked at.
    var through: UInt64 { parts.last?.through ?? 0 }

    /// Begins the next part.
    mutating func append(through sequence: UInt64) {
        guard sequence > through else { return }
        if parts.count >= Limits.censusPartsMax { halve() }
        parts.append(Part(through: sequence, count: 0))
    }

    /// Counts values of the last part, of which each number has one at the most.
    mutating func add(_ count: Int) {
        guard let last = parts.last else { return }
        let before = parts.dropLast().last?.through ?? 0
        parts[parts.count - 1].count = min(
            last.count + UInt64(max(0, count)), last.through - before)
    }

    private mutating func halve() {
        parts = stride(from: 0, to: parts.count, by: 2).map { index in
            guard index + 1 < parts.count else { return parts[index] }
            return Part(
                through: parts[index + 1].through,
                count: parts[index].count + parts[index + 1].count)
        }
    }

    /// The part that a number is in; nil for one that was not looked at.
    ///
    /// - Complexity: the logarithm of the count.
    func part(of sequence: UInt64) -> Int? {
        var (low, high) = (0, parts.count)
        while low < high {
            let middle = (low + high) / 2
            if parts[middle].through < sequence { low = middle + 1 } else { high = middle }
        }
        return low < parts.count ? low : nil
    }

    /// The parts that have fewer values than the index has entries there.
    ///
    /// - Parameter counts: of the entries of each part.
    func lacking(_ counts: [UInt64]) -> Set<Int> {
        Set(parts.indices.filter { counts[$0] > parts[$0].count })
    }

    // MARK: as a part of a state

    ///     varint count | for each: varint how many numbers, varint how many values
    func write(to writer: inout ByteWriter) {
        writer.appendVarint(UInt64(parts.count))
        var before: UInt64 = 0
        for part in parts {
            writer.appendVarint(part.through - before)
            writer.appendVarint(part.count)
            before = part.through
        }
    }

    /// Nil for what none was written as.
    init?(reading reader: inout ByteReader) {
        guard let count = try? reader.readVarint(), count <= UInt64(Limits.censusPartsMax) else {
            return nil
        }
        for _ in 0..<count {
            guard let length = try? reader.readVarint(), (1...Limits.sequenceMax).contains(length),
                through + length <= Limits.sequenceMax,
                let values = try? reader.readVarint(), values <= length
            else { return nil }
            parts.append(Part(through: through + length, count: values))
        }
    }
}
