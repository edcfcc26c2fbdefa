import Buffers
import Content

/// Reads an answer that waited in a `ResultSpool`, in pieces so small that a client may take its
/// time with them.
final class SpoolReader {
    private let file: SpoolFile
    private let memory: StateShare
    private var rest: ArraySlice<ResultSpool.Part>
    private var tail: Bytes?
    /// What is read next: a part, or a long value of a list.
    private var range: Range<UInt64> = 0..<0
    private var merge: SpoolMerge?
    private var isFirst = true

    /// Starts in front.
    ///
    /// - Parameters:
    ///   - parts: of the answer, in their order.
    ///   - file: has them.
    ///   - tail: comes behind them.
    ///   - memory: for lists, one after the other.
    init(
        _ parts: [ResultSpool.Part], in file: SpoolFile, behind tail: Bytes,
        _ memory: StateShare
    ) {
        rest = parts[...]
        self.file = file
        self.tail = tail.isEmpty ? nil : tail
        self.memory = memory
    }

    /// The next piece; nil at the end.
    func next() throws -> Bytes? {
        while true {
            if !range.isEmpty { return try readRange() }
            if merge != nil, let piece = try gather() { return piece }
            if !range.isEmpty { continue }
            merge = nil
            switch rest.popFirst() {
            case .bytes(let part)?:
                range = part
                // What the first list takes is there before a word of the answer is said, which cannot be
                // taken back.
                guard case .list(let runs)? = rest.first else { continue }
                rest.removeFirst()
                try begin(runs)
            case .list(let runs)?: try begin(runs)
            case nil: return tail.take()
            }
        }
    }

    private func begin(_ runs: SortedSpool.Runs) throws {
        merge = try SpoolMerge(runs, in: file, memory)
        isFirst = true
    }

    private func readRange() throws -> Bytes {
        let end = min(range.upperBound, range.lowerBound + UInt64(Limits.linePieceBytes))
        let piece = try file.read(range.lowerBound..<end)
        range = end..<range.upperBound
        return piece
    }

    /// Values of a list, up to the next long one; nil when there are none in front of it.
    private func gather() throws -> Bytes? {
        var writer = ByteWriter(capacity: Limits.linePieceBytes)
        while writer.count < Limits.linePieceBytes, let value = try merge?.next() {
            if !isFirst { writer.append(UInt8(ascii: ",")) }
            isFirst = false
            switch value {
            case .bytes(let bytes): writer.append(bytes)
            case .range(let long):
                range = long
                return writer.count == 0 ? nil : writer.finish()
            }
        }
        return writer.count == 0 ? nil : writer.finish()
    }
}
