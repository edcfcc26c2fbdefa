import Buffers
import Content

/// Reads the records of one run from front to back.
struct SpoolRun {
    /// What stands in front of a record.
    struct Head {
        let keyByteCount: Int
        let valueByteCount: Int

        /// Whether the value is read together with the key.
        var hasShortValue: Bool { valueByteCount <= Limits.runReadBytes }

        /// Memory that the record takes when it has been read, roughly.
        var memoryByteCount: Int {
            keyByteCount + (hasShortValue ? valueByteCount : 0) + SpooledRecord.memoryByteCount
        }
    }

    private let file: SpoolFile
    /// What has not been read yet.
    private var rest: Range<UInt64>
    /// What was read ahead: at most `Limits.runReadBytes`.
    private var bytes = Bytes.empty

    init(_ file: SpoolFile, _ range: Range<UInt64>) {
        self.file = file
        rest = range
    }

    /// Reads how long the next record is; nil at the end. `record` has to follow.
    mutating func next() throws -> Head? {
        guard !bytes.isEmpty || !rest.isEmpty else { return nil }
        var head = ByteReader(try take(SpooledRecord.headByteCount))
        return Head(
            keyByteCount: Int(try head.readLittleEndian(UInt32.self)),
            valueByteCount: Int(try head.readLittleEndian(UInt32.self)))
    }

    /// Reads the record behind its head, in memory of its own.
    mutating func record(_ head: Head) throws -> (key: Bytes, value: SpooledValue) {
        let key = try take(head.keyByteCount).compacted()
        guard head.hasShortValue else { return (key, .range(skip(head.valueByteCount))) }
        return (key, .bytes(try take(head.valueByteCount).compacted()))
    }

    private mutating func take(_ count: Int) throws -> Bytes {
        if bytes.count < count { try fill(count) }
        guard bytes.count >= count else {
            throw RPCError.failed("a temporary file was cut off: check the disk")
        }
        defer { bytes = bytes.count == count ? .empty : bytes.dropFirst(count) }
        return bytes.prefix(count)
    }

    private mutating func fill(_ count: Int) throws {
        let wanted = max(count, Limits.runReadBytes) - bytes.count
        let end = min(rest.upperBound, rest.lowerBound + UInt64(wanted))
        let more = try file.read(rest.lowerBound..<end)
        rest = end..<rest.upperBound
        bytes = bytes.isEmpty ? more : bytes.appending(more)
    }

    /// Passes over bytes.
    ///
    /// - Returns: where they are in the file.
    private mutating func skip(_ count: Int) -> Range<UInt64> {
        let start = rest.lowerBound - UInt64(bytes.count)
        let end = min(start + UInt64(count), rest.upperBound)
        let buffered = min(count, bytes.count)
        bytes = buffered == bytes.count ? .empty : bytes.dropFirst(buffered)
        rest = max(rest.lowerBound, end)..<rest.upperBound
        return start..<end
    }
}
