import Buffers
import Content
import Execution

/// Puts any number of records in the order of their keys, in little memory: runs that fit into it are
/// sorted and written to a file without a name, and merged when they are read.
///
/// Keys are compared by their bytes; records with one key keep their order.
final class SortedSpool {
    private let file: UnnamedFile
    private let memory: StateShare
    private var records: [SpooledRecord] = []
    private var byteCount = 0
    private var runs: [Range<UInt64>] = []

    /// Bytes of all records, keys left out.
    private(set) var valueByteCount = 0

    /// Starts without records.
    ///
    /// - Parameter access: whose memory the records take, and where a file is made, if there is one.
    init(_ access: ContentAccess) {
        file = UnnamedFile(
            in: access.library.spoolFolder, byteCountMax: Limits.spoolFileBytesMax)
        memory = access.makeStateShare()
    }

    /// Adds a record.
    ///
    /// - Throws: `.overloaded`; when the disk is full.
    func append(key: Bytes, _ value: Bytes) throws {
        let record = SpooledRecord(key: key.compacted(), value: value)
        byteCount += record.memoryByteCount
        valueByteCount += value.count
        try memory.require(min(byteCount, Limits.sortedRunBytesMax))
        records.append(record)
        if byteCount >= Limits.sortedRunBytesMax { try spill() }
    }

    /// The values in order, one after the other; nil at the end. Nothing may be added any more.
    func values() throws -> () throws -> Bytes? {
        guard !runs.isEmpty else {
            sort()
            var rest = records[...]
            return { rest.popFirst()?.value }
        }
        if !records.isEmpty { try spill() }
        try memory.require(runs.count * Limits.runReadBytes)
        var merge = try SpoolMerge(runs.map { SpoolRun(file, $0) })
        return { try merge.next()?.value }
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
        var writer = ByteWriter(capacity: Limits.runReadBytes * 2)
        for record in records {
            record.write(to: &writer)
            if writer.count >= Limits.runReadBytes {
                try file.append(writer.takeBytes(nextCapacity: Limits.runReadBytes * 2))
            }
        }
        try file.append(writer.takeBytes())
        runs.append(start..<file.byteCount)
        records.removeAll(keepingCapacity: true)
        byteCount = 0
    }
}
