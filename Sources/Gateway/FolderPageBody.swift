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
    private let access: ContentAccess
    private var entries: FolderEntries
    private let slot: RequestSlot
    /// For a long head or row: they cannot be made again while the client takes nothing.
    private let memory: StateShare
    private var part = Part.head
    /// An entry that was looked at and has no row yet.
    private var nextEntry: DirectoryEntry?
    /// The entry of the next piece, where its row is a piece of its own.
    private var longEntry: DirectoryEntry?
    /// Pieces that are made and not sent.
    private var ready: [Bytes] = []

    init(
        page: FolderPage, entries: consuming FolderEntries, access: ContentAccess,
        slot: RequestSlot
    ) {
        self.page = page
        self.access = access
        memory = access.makeStateShare()
        self.entries = entries
        self.slot = slot
    }

    /// Makes the head and the first rows: a folder whose entries cannot be had is known by these. The memory
    /// for both comes in one go: of those who hold some and ask for more, one would have the reserve.
    func prepare() throws {
        nextEntry = try entries.next()?.compacted()
        let rowByteCount = nextEntry.map { longByteCount(ofRow: $0) ?? 0 } ?? 0
        try memory.makeRoom(for: page.headByteCountMax + rowByteCount) { entries.release() }
        part = .entries
        ready.append(try taken(page.headByteCountMax) { page.head })
        if let rows = try rows() { ready.append(rows) }
        if ready.count == 1, let entry = longEntry.take() {
            ready.append(try taken(rowByteCount) { page.row(entry) })
        }
        memory.giveBack(beyond: 0)
    }

    /// A long piece stays until its client has taken it.
    var holdsUpOthers: Bool { access.holdsUpOthers }

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
            guard let entry = try nextEntry.take() ?? entries.next() else {
                writer.append(utf8: page.foot)
                part = .end
                break
            }
            if longByteCount(ofRow: entry) != nil {
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
        defer { memory.giveBack(beyond: 0) }
        return try taken(byteCount, make)
    }

    private func taken(_ byteCount: Int, _ make: () -> String) throws -> Bytes {
        try memory.take(byteCount)
        let piece = Bytes(utf8: make())
        memory.forget(max(0, byteCount - piece.count))
        return piece
    }

    /// What a row takes at most that is a piece of its own; nil for others.
    private func longByteCount(ofRow entry: DirectoryEntry) -> Int? {
        let byteCount = page.byteCountMax(forRowOf: entry)
        return byteCount > Self.pieceByteCount ? byteCount : nil
    }
}
