import Buffers
import Content
import JSON

/// Puts the records of one list in the order of their keys, in little memory: runs that fit into it
/// are sorted and written to the file of the answer, and merged when they are read.
///
/// Keys are compared by their bytes; records with one key keep their order.
final class SortedSpool {
    /// How a list is ordered and separated.
    struct Runs {
        /// Where the sorted runs are in the file.
        let ranges: [Range<UInt64>]
        /// Whether of the records with one key only the first counts.
        let isUnique: Bool
    }

    private let file: SpoolFile
    private let memory: StateShare
    private let isUnique: Bool
    private var records: [SpooledRecord] = []
    private var ranges: [Range<UInt64>] = []

    /// How many records there are.
    private(set) var count = 0
    /// Bytes of all records, keys left out.
    private(set) var valueByteCount = 0

    /// Starts without records.
    ///
    /// - Parameters:
    ///   - file: gets what does not fit into memory.
    ///   - memory: what the records take; nobody else uses it until the list is finished.
    ///   - isUnique: whether of the records with one key only the first counts.
    init(in file: SpoolFile, _ memory: StateShare, isUnique: Bool) {
        self.file = file
        self.memory = memory
        self.isUnique = isUnique
    }

    /// Adds a record. Waits for its memory: for those who hold no block.
    ///
    /// - Throws: `.overloaded`, `.tooMuchMemory`; when the disk is full.
    func append(key: Bytes, _ value: Bytes) throws {
        let byteCount = Self.memoryByteCount(key, value.count)
        if try !takeAtOnce(byteCount) { try memory.take(byteCount) }
        add(key, value)
    }

    /// Adds a record whose value is written when there is memory for it: an escaped name can be six
    /// times as long as the name.
    ///
    /// - Returns: where there is no memory for it now, how much is missing: who holds blocks lets go of them
    ///   and of the record, makes room for so much and adds the record then.
    /// - Throws: `.tooMuchMemory`; when the disk is full.
    func appendAtOnce(key: Bytes, _ value: JSONOutput) throws -> Appended {
        let valueByteCount = value.byteCount
        let byteCount = Self.memoryByteCount(key, valueByteCount)
        guard try takeAtOnce(byteCount) else { return .missing(byteCount) }
        var writer = ByteWriter(capacity: valueByteCount)
        value.write(to: &writer)
        add(key, writer.finish())
        return .done
    }

    /// Whether a record of a usual length can be added without a wait.
    func hasRoom() throws -> Bool {
        try memory.makeRoomAtOnce(for: Limits.usualRecordBytes)
    }

    /// Waits until there is memory for a record.
    ///
    /// - Parameter byteCount: of the record, as `appendAtOnce` has it.
    /// - Throws: `.overloaded`.
    func makeRoom(for byteCount: Int) throws {
        try memory.makeRoom(for: byteCount) {}
    }

    /// Ends the list and gives its memory back.
    ///
    /// - Parameter body: gets the values in their order if all of them were in memory.
    /// - Returns: where the list is; nil when `body` has got it.
    func finish(_ body: (Bytes) throws -> Void) throws -> Runs? {
        defer {
            records = []
            memory.release()
        }
        if !ranges.isEmpty {
            if !records.isEmpty { try spill() }
            return Runs(ranges: ranges, isUnique: isUnique)
        }
        sort()
        for (index, record) in records.enumerated() {
            if isUnique, index > 0, records[index - 1].key == record.key { continue }
            try body(record.value)
        }
        return nil
    }

    private static func memoryByteCount(_ key: Bytes, _ valueByteCount: Int) -> Int {
        key.count + valueByteCount + SpooledRecord.memoryByteCount
    }

    private func takeAtOnce(_ more: Int) throws -> Bool {
        if memory.byteCount > 0, memory.byteCount + more > Limits.sortedRunBytesMax { try spill() }
        return try memory.takeAtOnce(more)
    }

    private func add(_ key: Bytes, _ value: Bytes) {
        count += 1
        valueByteCount += value.count
        records.append(SpooledRecord(key: key.compacted(), value: value))
    }

    private func sort() {
        // Stable, so that of two with one key the first comes first.
        let order = records.indices.sorted {
            (records[$0].key, $0) < (records[$1].key, $1)
        }
        records = order.map { records[$0] }
    }

    private func spill() throws {
        sort()
        let start = file.byteCount
        var writer = ByteWriter(capacity: Limits.runReadBytes)
        for record in records { try record.write(to: &writer, file) }
        try file.append(writer.takeBytes())
        ranges.append(start..<file.byteCount)
        records = []
        memory.release()
    }
}
