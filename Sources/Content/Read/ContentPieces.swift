import Buffers
package import IPLD

/// Content on its way to a client, pulled piece by piece.
package protocol ContentPieces {
    /// The next piece; nil at the end.
    ///
    /// - Throws: what the content cannot go on for; no piece follows.
    mutating func next() throws(ContentError) -> ContentPiece?

    /// Lets go of all blocks until the next call, which reads again what it needs: the client takes
    /// nothing at the moment.
    mutating func release()
}

extension FileStream: ContentPieces {}
extension CARExport: ContentPieces {}
extension TarExport: ContentPieces {}

/// A part of one block as the whole content.
package struct BlockPieces: ContentPieces {
    private let reader: BlockReader
    private var piece: WaitingPiece

    /// Takes over a block that was just read.
    ///
    /// - Parameters:
    ///   - block: given by `reader` last.
    ///   - range: what of it is wanted.
    ///   - reader: has the block's memory counted.
    package init(_ block: Block, range: Range<Int>, from reader: BlockReader) {
        self.reader = reader
        piece = WaitingPiece(ContentPiece(range, of: block))
    }

    package mutating func next() throws(ContentError) -> ContentPiece? {
        try piece.take(from: reader)
    }

    package mutating func release() {
        piece.release()
        reader.release()
    }
}
