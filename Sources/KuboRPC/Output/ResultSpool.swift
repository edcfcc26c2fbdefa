import Buffers
import Execution

/// Keeps the lines of an answer until its request has ended: a few in memory, many in a file.
final class ResultSpool {
    private let file: UnnamedFile
    private var memory = ByteWriter(capacity: 1024)

    init(folder: String) { file = UnnamedFile(in: folder, byteCountMax: Limits.spoolFileBytesMax) }

    /// Adds one value.
    func append(_ value: JSON) throws { try append(value.line) }

    /// Adds bytes.
    func append(_ bytes: Bytes) throws {
        memory.append(bytes)
        guard memory.count >= Limits.spoolMemoryBytesMax else { return }
        try file.append(memory.takeBytes())
    }

    /// What was added, one piece after the other. Nothing may be added any more.
    func pieces() -> () throws -> Bytes? {
        var offset: UInt64 = 0
        var rest: Bytes? = memory.takeBytes()
        return { [file] in
            if offset < file.byteCount {
                let end = min(file.byteCount, offset + UInt64(Limits.spoolMemoryBytesMax))
                let piece = try file.read(offset..<end)
                offset += UInt64(piece.count)
                return piece
            }
            defer { rest = nil }
            return rest
        }
    }
}
