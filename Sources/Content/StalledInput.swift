import Buffers
import Execution

/// What an upload has begun and not finished (a chunk, a block) while it stands still: in a file
/// without a name instead of memory, since thousands of uploads can stand still at once.
///
/// What arrives meanwhile is appended, until it is worth going on.
final class StalledInput {
    private let file: UnnamedFile
    /// Where each of the runs ends that were held.
    private var ends: [UInt64] = []

    /// Writes what is held.
    ///
    /// - Parameters:
    ///   - runs: come back as they are, each in one piece.
    ///   - folder: where the file is made.
    /// - Throws: `.storage` when the disk is full.
    init(_ runs: [[Bytes]], in folder: String) throws(ContentError) {
        file = UnnamedFile(in: folder, byteCountMax: UInt64(Limits.stalledBytesMax))
        for run in runs {
            for piece in run { try write(piece) }
            ends.append(file.byteCount)
        }
    }

    /// Takes bytes that arrived.
    ///
    /// - Returns: whether there are enough to go on with.
    func append(_ piece: Bytes) throws(ContentError) -> Bool {
        try write(piece)
        return file.byteCount - (ends.last ?? 0) >= UInt64(Limits.stalledBytesEnough)
    }

    /// What was held, and what arrived since.
    func take() throws(ContentError) -> (runs: [Bytes], arrived: Bytes) {
        var (runs, start) = ([Bytes](), UInt64(0))
        for end in ends {
            runs.append(try read(start..<end))
            start = end
        }
        return (runs, try read(start..<file.byteCount))
    }

    private func write(_ piece: Bytes) throws(ContentError) {
        do {
            try file.append(piece)
        } catch {
            throw ContentError(.storage, error.description, cause: error)
        }
    }

    private func read(_ range: Range<UInt64>) throws(ContentError) -> Bytes {
        do {
            return try file.read(range)
        } catch {
            throw ContentError(.storage, error.description, cause: error)
        }
    }
}
