import Buffers
import Execution

/// Reads the records of one run from front to back.
struct SpoolRun {
    private let file: UnnamedFile
    private var rest: Range<UInt64>
    private var bytes = Bytes.empty

    init(_ file: UnnamedFile, _ range: Range<UInt64>) {
        self.file = file
        rest = range
    }

    /// The next record, in memory of its own; nil at the end.
    mutating func next() throws -> SpooledRecord? {
        guard !bytes.isEmpty || !rest.isEmpty else { return nil }
        var head = ByteReader(try take(SpooledRecord.headByteCount))
        let (keyCount, valueCount) = (
            Int(try head.readLittleEndian(UInt32.self)), Int(try head.readLittleEndian(UInt32.self))
        )
        return SpooledRecord(
            key: try take(keyCount).compacted(), value: try take(valueCount).compacted())
    }

    private mutating func take(_ count: Int) throws -> Bytes {
        if bytes.count < count { try fill(count) }
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    private mutating func fill(_ count: Int) throws {
        let wanted = max(count - bytes.count, Limits.runReadBytes)
        let more = try file.read(rest.prefix(wanted))
        rest = rest.lowerBound + UInt64(more.count)..<rest.upperBound
        bytes = bytes.appending(more)
        guard bytes.count >= count else {
            throw RPCError.failed("a temporary file was cut off: check the disk")
        }
    }
}

extension Range<UInt64> {
    fileprivate func prefix(_ count: Int) -> Range<UInt64> {
        lowerBound..<Swift.min(upperBound, lowerBound + UInt64(count))
    }
}

/// Merges sorted runs: the first of all their next records, earlier runs first where keys are equal.
struct SpoolMerge {
    private var runs: [SpoolRun]
    /// A heap of runs by their next record, the first on top.
    private var heap: [(record: SpooledRecord, run: Int)] = []

    init(_ runs: [SpoolRun]) throws {
        self.runs = runs
        for index in runs.indices {
            if let record = try self.runs[index].next() {
                heap.append((record, index))
                siftUp(from: heap.count - 1)
            }
        }
    }

    mutating func next() throws -> SpooledRecord? {
        guard let (record, run) = heap.first else { return nil }
        if let following = try runs[run].next() {
            heap[0] = (following, run)
        } else {
            let last = heap.removeLast()
            if heap.isEmpty { return record }
            heap[0] = last
        }
        siftDown()
        return record
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].record.key, heap[left].run) < (heap[right].record.key, heap[right].run)
    }

    private mutating func siftUp(from start: Int) {
        var index = start
        while index > 0, isBefore(index, (index - 1) / 2) {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func siftDown() {
        var index = 0
        while true {
            var first = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < heap.count && isBefore(child, first) { first = child }
            if first == index { return }
            heap.swapAt(index, first)
            index = first
        }
    }
}
