import Buffers
import Content
import JSON

/// Keeps an answer until its request has ended: a few lines in memory, many in one file without a
/// name, which its sorted lists share.
final class ResultSpool {
    /// A part of the answer that is in the file.
    enum Part {
        case bytes(Range<UInt64>)
        /// The values of a list with commas between them, still to be merged.
        case list(SortedSpool.Runs)
    }

    private let file: SpoolFile
    private let access: ContentAccess
    private var parts: [Part] = []
    /// What comes behind all parts.
    private var tail = ByteWriter(capacity: 1024)

    /// Bytes of the whole answer; nil where they are known only when it has been sent.
    private(set) var byteCount: UInt64? = 0

    /// Starts an answer; the file is made when it is needed.
    ///
    /// - Parameter access: whose memory long values take, and where the file is.
    init(_ access: ContentAccess) {
        self.access = access
        file = SpoolFile(
            access, byteCountMax: Limits.spoolFileBytesMax,
            reservedByteCountMax: Limits.reservedSpoolBytesMax)
    }

    /// Adds one value as a line of a stream.
    ///
    /// - Throws: `.overloaded`, `.tooMuchMemory` for a long one; when the disk is full.
    func append(line value: JSONOutput) throws { try append(value, isLine: true) }

    /// Adds one value inside of a larger one.
    ///
    /// - Throws: as above.
    func append(value: JSONOutput) throws { try append(value, isLine: false) }

    /// Adds text as it is.
    func append(_ text: String) throws { try append(Bytes(utf8: text)) }

    /// Adds bytes as they are.
    func append(_ bytes: Bytes) throws {
        byteCount? += UInt64(bytes.count)
        guard bytes.count <= Limits.spoolMemoryBytesMax else {
            try writeTail()
            return try write(bytes)
        }
        tail.append(bytes)
        if tail.count >= Limits.spoolMemoryBytesMax { try writeTail() }
    }

    /// A list for values that have to be sorted. At most one at a time is filled.
    ///
    /// - Parameter isUnique: whether of the records with one key only the first counts.
    func makeList(isUnique: Bool = false) -> SortedSpool {
        SortedSpool(in: file, access.makeStateShare(), isUnique: isUnique)
    }

    /// Ends a list and adds its values in the order of their keys, with commas between them.
    func append(_ list: SortedSpool) throws {
        var isFirst = true
        let runs = try list.finish { value in
            if !isFirst { try append(",") }
            isFirst = false
            try append(value)
        }
        guard let runs else { return }
        try writeTail()
        parts.append(.list(runs))
        let added = UInt64(list.valueByteCount + list.count - 1)
        byteCount = runs.isUnique ? nil : byteCount.map { $0 + added }
    }

    /// The whole answer, if none of it is in the file.
    ///
    /// - Returns: nil when it has to be read by `pieces()`. Nothing may be added any more.
    func takeShort() -> Bytes? { parts.isEmpty ? tail.takeBytes() : nil }

    /// The answer piece by piece; nil at the end. Nothing may be added any more.
    func pieces() -> () throws -> Bytes? {
        let reader = SpoolReader(
            parts, in: file, behind: tail.takeBytes(), access.makeStateShare())
        return { try reader.next() }
    }

    private func append(_ value: JSONOutput, isLine: Bool) throws {
        let count = value.byteCount + (isLine ? 1 : 0)
        // Memory for a long value while it is written and on its way to the file.
        let memory = access.makeStateShare()
        defer { memory.release() }
        try memory.require(count)
        var writer = ByteWriter(capacity: count)
        value.write(to: &writer)
        if isLine { writer.append(UInt8(ascii: "\n")) }
        try append(writer.finish())
    }

    private func writeTail() throws { try write(tail.takeBytes(nextCapacity: 1024)) }

    private func write(_ bytes: Bytes) throws {
        guard !bytes.isEmpty else { return }
        let start = file.byteCount
        try file.append(bytes)
        if case .bytes(let last)? = parts.last, last.upperBound == start {
            parts[parts.count - 1] = .bytes(last.lowerBound..<file.byteCount)
        } else {
            parts.append(.bytes(start..<file.byteCount))
        }
    }
}
