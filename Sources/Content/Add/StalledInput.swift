import Buffers
import Execution
import UnixFS

/// The bytes of a file in progress while its upload stands still: in a file without a name instead of
/// memory, since thousands of uploads can stand still at once.
///
/// What arrives while it stands still is appended, until it is worth going on.
final class StalledInput {
    private let file: UnnamedFile
    private let chunkByteCount: UInt64
    private let inProgressByteCount: UInt64

    /// Writes what a file has not made leaves of.
    ///
    /// - Throws: `.storage` when the disk is full.
    init(_ held: HeldFileBytes, in folder: String) throws(ContentError) {
        file = UnnamedFile(in: folder, byteCountMax: UInt64(Limits.stalledBytesMax))
        do {
            for piece in held.chunk { try file.append(piece) }
            chunkByteCount = file.byteCount
            for piece in held.inProgress { try file.append(piece) }
            inProgressByteCount = file.byteCount - chunkByteCount
        } catch {
            throw ContentError(.storage, error.description, cause: error)
        }
    }

    /// Takes bytes that arrived.
    ///
    /// - Returns: whether there are enough to go on with.
    func append(_ piece: Bytes) throws(ContentError) -> Bool {
        do {
            try file.append(piece)
        } catch {
            throw ContentError(.storage, error.description, cause: error)
        }
        return file.byteCount >= UInt64(Limits.stalledBytesEnough)
    }

    /// What was held, and what arrived since.
    func take() throws(ContentError) -> (held: HeldFileBytes, arrived: Bytes) {
        do {
            let end = chunkByteCount + inProgressByteCount
            let held = HeldFileBytes(
                chunk: [try file.read(0..<chunkByteCount)],
                inProgress: [try file.read(chunkByteCount..<end)])
            return (held, try file.read(end..<file.byteCount))
        } catch {
            throw ContentError(.storage, error.description, cause: error)
        }
    }
}
