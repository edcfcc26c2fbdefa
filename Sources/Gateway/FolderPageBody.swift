import Buffers
import Content
import HTTPServer

/// The page of a folder as it is sent: flat memory whatever the number of entries. A shard that is
/// missing in the middle breaks the transfer off.
final class FolderPageBody: BodySource {
    private enum Part {
        case head, entries, end
    }

    private static let pieceByteCount = 16 * 1024

    private let page: FolderPage
    private var entries: FolderEntries
    private let slot: RequestSlot
    /// For rows with long names: they cannot be made again while the client takes nothing.
    private let memory: StateShare
    private var part = Part.head
    private var first: Bytes?

    init(page: FolderPage, entries: FolderEntries, memory: StateShare, slot: RequestSlot) {
        self.page = page
        self.memory = memory
        self.entries = entries
        self.slot = slot
    }

    /// Makes the first piece, so that what fails at once gets a proper status.
    func prepare() throws { first = try makePiece() }

    /// A page is sent in small pieces, which the server copies if it has to wait.
    func release() { entries.release() }

    func close() { entries.release() }

    func next(limit: Int) throws -> Bytes? {
        if let piece = first.take() { return piece }
        return try makePiece()
    }

    private func makePiece() throws -> Bytes? {
        guard part != .end else { return nil }
        var writer = ByteWriter(capacity: Self.pieceByteCount + 1024)
        if part == .head { writer.append(utf8: page.head) }
        part = .entries
        while writer.count < Self.pieceByteCount {
            guard let entry = try entries.next() else {
                writer.append(utf8: page.foot)
                part = .end
                break
            }
            writer.append(utf8: page.row(entry))
        }
        memory.release()
        try memory.require(writer.count)
        return writer.finish()
    }
}
