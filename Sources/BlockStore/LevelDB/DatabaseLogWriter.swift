import Buffers
import Execution

/// Writes records as LevelDB's own log files have them.
///
/// - Spec: LevelDB's `doc/log_format.md`.
struct DatabaseLogWriter {
    private let file: File
    private var offset = 0

    /// Starts an empty file; what was there is gone.
    init(_ path: String) throws(FileError) { file = try File(path, .replace) }

    /// Appends a record, in as many fragments as the blocks of the file ask for.
    mutating func append(_ record: Bytes) throws(FileError) {
        var rest = record
        var isFirst = true
        repeat {
            let room = DatabaseLogReader.blockByteCount - offset
            if room < DatabaseLogReader.headByteCount {
                try file.write(Bytes([UInt8](repeating: 0, count: room)))
                offset = 0
                continue
            }
            let payload = rest.prefix(room - DatabaseLogReader.headByteCount)
            rest = rest.dropFirst(payload.count)
            let kind: UInt8 =
                switch (isFirst, rest.isEmpty) {
                case (true, true): 1
                case (true, false): 2
                case (false, false): 3
                case (false, true): 4
                }
            try write(kind, payload)
            isFirst = false
        } while isFirst || !rest.isEmpty
    }

    /// Returns once all of it is on disk.
    func sync() throws(FileError) { try file.sync() }

    private mutating func write(_ kind: UInt8, _ payload: Bytes) throws(FileError) {
        let checksum = DatabaseLogReader.checksum(Bytes([kind]).appending(payload))
        var head = ByteWriter(capacity: DatabaseLogReader.headByteCount)
        head.appendLittleEndian(checksum)
        head.append([UInt8(payload.count & 0xFF), UInt8(payload.count >> 8), kind])
        try file.write(head.finish().appending(payload))
        offset =
            (offset + DatabaseLogReader.headByteCount + payload.count)
            % DatabaseLogReader.blockByteCount
    }
}
