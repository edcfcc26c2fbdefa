package import Buffers

/// Content as one client takes it: remembers where the last piece came from, so that its block need
/// not stay while the client takes nothing.
package struct PieceOutput {
    private let access: ContentAccess
    private var content: any ContentPieces
    /// The first piece, which is made before the head of the answer goes out.
    private var first: ContentPiece?
    private var last: ContentPiece.Origin?
    /// Has the memory of a piece counted that was made again.
    private var reloader: BlockReader?

    /// Takes over content that has not been pulled.
    package init(_ content: any ContentPieces, access: ContentAccess) {
        self.content = content
        self.access = access
    }

    /// Makes the first piece, so that what fails at once can be answered with an error.
    ///
    /// - Throws: as `ContentPieces.next()`.
    package mutating func prepare() throws(ContentError) { first = try content.next() }

    /// The bytes of the next piece; nil at the end.
    ///
    /// - Throws: as `ContentPieces.next()`.
    package mutating func next() throws(ContentError) -> Bytes? {
        reloader = nil
        var piece = first.take()
        if piece == nil { piece = try content.next() }
        last = piece?.origin
        return piece?.bytes
    }

    /// Whether others wait for the memory in which the content remembers where it is.
    package var holdsUpOthers: Bool { access.holdsUpOthers }

    /// Whether `reload()` can give the last piece again.
    package var canReload: Bool { last != nil }

    /// Lets go of all blocks.
    package mutating func release() {
        reloader = nil
        content.release()
    }

    /// The bytes of the last piece once more.
    ///
    /// - Throws: `.overloaded`, `.storage`, and as `RequestContext.check()`.
    package mutating func reload() throws(ContentError) -> Bytes {
        guard let last else { preconditionFailure("only a piece with an origin is let go of") }
        let reader = access.makeReader()
        reloader = reader
        return try last.read(from: reader)
    }
}
