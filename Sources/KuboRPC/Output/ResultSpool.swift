import Buffers
import Execution
import Multiformats
import Vault

/// Keeps the lines of an answer until its request has ended: a few in memory, many in a file
/// without a name, which the system removes with its last descriptor.
final class ResultSpool {
    private let folder: String
    private var memory = ByteWriter(capacity: 1024)
    private var file: File?
    private var fileByteCount: UInt64 = 0

    init(folder: String) { self.folder = folder }

    /// Adds one value.
    func append(_ value: JSON) throws {
        memory.append(value.line)
        if memory.count >= Limits.spoolMemoryBytesMax { try spill() }
    }

    /// The lines as they were added, one piece after the other. Nothing may be added any more.
    func pieces() -> () throws -> Bytes? {
        var offset: UInt64 = 0
        var rest: Bytes? = memory.takeBytes()
        return { [file, fileByteCount] in
            if let file, offset < fileByteCount {
                let piece = try file.read(at: offset, count: Limits.spoolMemoryBytesMax)
                offset += UInt64(piece.count)
                return piece
            }
            defer { rest = nil }
            return rest
        }
    }

    private func spill() throws {
        let file = try file ?? makeFile()
        self.file = file
        let bytes = memory.takeBytes(nextCapacity: Limits.spoolMemoryBytesMax)
        try file.write(bytes)
        fileByteCount += UInt64(bytes.count)
    }

    private func makeFile() throws -> File {
        try File.makeFolder(folder)
        let name = Multibase.base16.encode(RandomBytes.make(16))
        let path = "\(folder)/rpc-\(name)"
        let file = try File(path, .createNew)
        try File.remove(path)
        return file
    }
}
