import Buffers
import Content

/// Content compressed on its way out, in slices: a piece of it may have the length of the largest block.
///
/// What comes out of the compressor cannot be made again, so it is kept while the client takes nothing, and
/// counted together with the compressor; the content's own blocks are not kept.
struct CompressedPieces: ContentPieces {
    private var content: PieceOutput
    private let gzip: GzipStream
    private let memory: StateShare
    /// What is not compressed of the last piece. Nil where it was let go of, and is to be read again.
    private var rest: Bytes? = .empty
    /// How much of the last piece was compressed.
    private var doneByteCount = 0
    private var isAtEnd = false

    /// Starts in front of the content.
    ///
    /// - Parameters:
    ///   - level: 1 is fast, 9 is small; -1 is zlib's middle.
    ///   - access: whose memory is used.
    ///   - open: opens what is compressed, when there is memory for the compressor.
    /// - Throws: `.overloaded` when there is none; what `open` throws.
    init(level: Int, _ access: ContentAccess, _ open: () throws -> any ContentPieces) throws {
        memory = access.makeStateShare()
        // What cannot be compressed comes out as long as it was.
        try memory.require(Limits.gzipMemoryBytes + 2 * Limits.gzipSliceBytes)
        content = PieceOutput(try open(), access: access)
        gzip = try GzipStream(level: level)
    }

    mutating func next() throws(ContentError) -> ContentPiece? {
        while !isAtEnd {
            guard let slice = try nextSlice() else {
                isAtEnd = true
                return ContentPiece(made: gzip.finish())
            }
            let ready = gzip.compress(slice)
            if !ready.isEmpty { return ContentPiece(made: ready) }
        }
        return nil
    }

    /// A piece that cannot be read again is small.
    mutating func release() {
        if content.canReload, rest?.isEmpty == false { rest = nil }
        content.release()
    }

    private mutating func nextSlice() throws(ContentError) -> Bytes? {
        if rest == nil { rest = try content.reload().dropFirst(doneByteCount) }
        while let left = rest, left.isEmpty {
            rest = .empty
            guard let piece = try content.next() else { return nil }
            (rest, doneByteCount) = (piece, 0)
        }
        let slice = rest?.prefix(Limits.gzipSliceBytes)
        rest = rest?.dropFirst(Limits.gzipSliceBytes)
        doneByteCount += slice?.count ?? 0
        return slice
    }
}
