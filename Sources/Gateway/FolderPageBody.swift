import Buffers
import Content
import HTTPServer
import UnixFS

/// The page of a folder as it is sent: flat memory whatever the number of entries. A shard that is
/// missing in the middle breaks the transfer off.
///
/// A row with a long name takes many times its length while it is made, and stays for as long as its
/// client takes: it is a piece of its own, whose memory is there before.
final class FolderPageBody: BodySource {
    private enum Part {
        case head, entries, end
    }

    private static let pieceByteCount = 16 * 1024

    private let page: FolderPage
    private var entries: FolderEntries
    private let slot: RequestSlot
    /// For a long head or row: they cannot be made again while the client takes nothing.
    private let memory: StateShare
    private var part = Part.head
    /// The entry of the next piece, where its row is a piece of its own.
    private var longEntry: DirectoryEntry?
    /// Pieces that are made and not sent.
    private var ready: [Bytes] = []

    init(
        page: FolderPage, entries: consuming FolderEntries, memory: StateShare, slot: RequestSlot
    ) {
        self.page = page
        self.memory = memory
        self.entries = entries
        self.slot = slot
    }

    /// Makes the head and the first rows: a folder whose entries cannot be had is known by these.
    func prepare() throws {
        for _ in 0..<2 {
            if let piece = try makePiece() { ready.append(piece) }
        }
    }

    /// A page is sent in small pieces, which the server copies if it has to wait.
    func release() { entries.release() }

    func close() { entries.release() }

    func next(limit: Int) throws -> Bytes? {
        if !ready.isEmpty { return ready.removeFirst() }
        // All pieces before have been sent.
        memory.release()
        return try makePiece()
    }

    private func makePiece() throws -> Bytes? {
        if let entry = longEntry.take() {
            return try charged(page.byteCountMax(forRowOf: entry)) { page.row(entry) }
        }
        switch part {
        case .head:
            part = .entries
            return try charged(page.headByteCountMax) { page.head }
        case .entries: return try rows() ?? makePiece()
        case .end: return nil
        }
    }

    /// Rows of usual length, up to a long one; nil where that comes at once.
    private func rows() throws -> Bytes? {
        var writer = ByteWriter(capacity: Self.pieceByteCount + 1024)
        while writer.count < Self.pieceByteCount {
            guard let entry = try entries.next() else {
                writer.append(utf8: page.foot)
                part = .end
                break
            }
            if page.byteCountMax(forRowOf: entry) > Self.pieceByteCount {
                // A slice of the folder's block, which may have to go meanwhile.
                longEntry = entry.compacted()
                break
            }
            writer.append(utf8: page.row(entry))
        }
        return writer.count > 0 ? writer.finish() : nil
    }

    /// Makes a piece when there is memory for that. Who waits for it holds at most the pieces before, which
    /// count.
    private func charged(_ byteCount: Int, _ make: () -> String) throws -> Bytes {
        try memory.makeRoom(for: byteCount) { entries.release() }
        try memory.take(byteCount)
        let piece = Bytes(utf8: make())
        memory.forget(max(0, byteCount - piece.count))
        memory.giveBack(beyond: 0)
        return piece
    }
}
