import Buffers
import Content

/// Merges sorted runs: the first of all their next records, earlier runs first where keys are equal.
///
/// Takes memory for what is read ahead of each run and for the records that it compares, and gives it
/// back at the end.
struct SpoolMerge {
    private struct Entry {
        let key: Bytes
        let value: SpooledValue
        let run: Int
        let memoryByteCount: Int
    }

    private let memory: StateShare
    private let isUnique: Bool
    private var runs: [SpoolRun]
    /// The next record of each run, the first of all on top.
    private var heap: [Entry] = []
    private var lastKey: Bytes?

    /// Reads the first record of each run.
    ///
    /// - Parameters:
    ///   - list: where the runs are.
    ///   - file: has them.
    ///   - memory: for the merge; nobody else uses it before the end.
    init(_ list: SortedSpool.Runs, in file: SpoolFile, _ memory: StateShare) throws {
        self.memory = memory
        isUnique = list.isUnique
        runs = list.ranges.map { SpoolRun(file, $0) }
        try memory.take(runs.count * Limits.runReadBytes)
        for run in runs.indices {
            guard let entry = try load(run) else { continue }
            heap.append(entry)
            siftUp(from: heap.count - 1)
        }
    }

    /// The next value; nil at the end.
    ///
    /// - Throws: `.overloaded`, `.tooMuchMemory`; when the disk fails.
    mutating func next() throws -> SpooledValue? {
        while let entry = try popFirst() {
            if isUnique {
                if entry.key == lastKey { continue }
                lastKey = entry.key
            }
            return entry.value
        }
        memory.release()
        return nil
    }

    private mutating func popFirst() throws -> Entry? {
        guard let first = heap.first else { return nil }
        memory.forget(first.memoryByteCount)
        if let following = try load(first.run) {
            heap[0] = following
        } else {
            let last = heap.removeLast()
            if heap.isEmpty { return first }
            heap[0] = last
        }
        siftDown()
        return first
    }

    private mutating func load(_ run: Int) throws -> Entry? {
        guard let head = try runs[run].next() else { return nil }
        try memory.take(head.memoryByteCount)
        // What a long key took is not kept to the end.
        memory.giveBack(beyond: Limits.sortedRunBytesMax)
        let (key, value) = try runs[run].record(head)
        return Entry(key: key, value: value, run: run, memoryByteCount: head.memoryByteCount)
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].key, heap[left].run) < (heap[right].key, heap[right].run)
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
