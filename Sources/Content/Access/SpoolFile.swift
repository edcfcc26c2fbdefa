import BlockStore
package import Buffers
import Execution

/// A file without a name in the folder of the repository, for what would take too much memory: it leaves
/// the reserve of the disk alone, as blocks do. Uploads would fill the disk otherwise, and the store could
/// not write its log any more, not even to delete something.
///
/// One thread.
package final class SpoolFile {
    private let file: UnnamedFile
    private let store: BlockStore
    private let reserve: ByteBudget
    private let reservedByteCountMax: Int
    private var reservedByteCount = 0

    /// Makes nothing yet.
    ///
    /// - Parameters:
    ///   - access: whose disk it is on.
    ///   - byteCountMax: the most that it takes.
    ///   - reservedByteCountMax: how much of it may come out of the reserve, as long as all together take
    ///     less than `Limits.reservedSpoolBytesMax`: for what is needed to make room again.
    package init(_ access: ContentAccess, byteCountMax: UInt64, reservedByteCountMax: UInt64 = 0) {
        store = access.library.store
        file = UnnamedFile(in: access.library.spoolFolder, byteCountMax: byteCountMax)
        reserve = access.library.spoolReserve
        self.reservedByteCountMax = Int(clamping: reservedByteCountMax)
    }

    deinit { reserve.release(reservedByteCount) }

    /// Bytes in it.
    package var byteCount: UInt64 { file.byteCount }

    /// Appends bytes.
    ///
    /// - Throws: `.storage` past the limit, and when the disk is full.
    package func append(_ bytes: Bytes) throws(ContentError) {
        guard !bytes.isEmpty else { return }
        if !takeOutOfReserve(bytes.count) {
            do {
                try store.takeDiskSpace(for: bytes.count)
            } catch {
                throw ContentError(error)
            }
        }
        do {
            try file.append(bytes)
        } catch {
            throw ContentError(.storage, error.description, cause: error)
        }
    }

    private func takeOutOfReserve(_ count: Int) -> Bool {
        guard reservedByteCount + count <= reservedByteCountMax, reserve.tryAcquire(count) else {
            return false
        }
        reservedByteCount += count
        return true
    }

    /// Reads a part of what was appended.
    ///
    /// - Throws: `.storage` when the disk gives less than what was written to it.
    package func read(_ range: Range<UInt64>) throws(ContentError) -> Bytes {
        do {
            return try file.read(range)
        } catch {
            throw ContentError(.storage, error.description, cause: error)
        }
    }

    /// Forgets everything, so that the disk has the room again.
    package func reset() {
        file.reset()
        reserve.release(reservedByteCount)
        reservedByteCount = 0
    }
}
