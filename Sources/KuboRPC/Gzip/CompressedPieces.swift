import Buffers
import Content

/// Content compressed on its way out. What comes out of the compressor cannot be made again, so it is
/// kept while the client takes nothing, and counted together with the compressor; the content's own
/// blocks are not kept.
struct CompressedPieces: ContentPieces {
    private var content: any ContentPieces
    private let gzip: GzipStream
    private let memory: StateShare
    private var isAtEnd = false

    /// Starts in front of the content.
    ///
    /// - Parameters:
    ///   - content: what is compressed.
    ///   - level: 1 is fast, 9 is small; -1 is zlib's middle.
    ///   - access: whose memory is used.
    /// - Throws: `.overloaded` when there is no memory for the compressor.
    init(_ content: any ContentPieces, level: Int, _ access: ContentAccess) throws {
        self.content = content
        memory = access.makeStateShare()
        try memory.require(Limits.gzipMemoryBytes)
        gzip = try GzipStream(level: level)
    }

    mutating func next() throws(ContentError) -> ContentPiece? {
        while !isAtEnd {
            guard let piece = try content.next() else {
                isAtEnd = true
                return ContentPiece(made: gzip.finish())
            }
            // What cannot be compressed comes out as long as it was.
            try memory.require(Limits.gzipMemoryBytes + piece.bytes.count)
            let ready = gzip.compress(piece.bytes)
            if !ready.isEmpty { return ContentPiece(made: ready) }
        }
        return nil
    }

    mutating func release() { content.release() }
}
