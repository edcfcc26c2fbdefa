import Buffers
import Content

/// Content compressed on its way out. What comes out of the compressor is small and cannot be made
/// again, so it is kept while the client takes nothing; the content's own blocks are not.
struct CompressedPieces: ContentPieces {
    private var content: any ContentPieces
    private let gzip: GzipStream
    private var isAtEnd = false

    init(_ content: any ContentPieces, _ gzip: GzipStream) {
        self.content = content
        self.gzip = gzip
    }

    mutating func next() throws(ContentError) -> ContentPiece? {
        while !isAtEnd {
            guard let piece = try content.next() else {
                isAtEnd = true
                return ContentPiece(made: gzip.finish())
            }
            let ready = gzip.compress(piece.bytes)
            if !ready.isEmpty { return ContentPiece(made: ready) }
        }
        return nil
    }

    mutating func release() { content.release() }
}
