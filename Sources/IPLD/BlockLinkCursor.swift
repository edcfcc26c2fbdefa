package import Multiformats

/// The links of one block in stored order, which may be left and taken up again at the same place
/// without those before it.
package protocol BlockLinkCursor: Sendable {
    /// Where a cursor stands, without hold of the block.
    associatedtype Place: Sendable

    /// Checks a whole block and starts in front of its first link.
    ///
    /// - Throws: what the codec throws: `.malformed`, `.tooDeep`.
    init(_ block: Block) throws(IPLDError)

    /// Starts at a place where another cursor over the same block stood; nothing is checked.
    init(_ block: Block, resumingAt place: Place)

    /// Where the search for the next link begins.
    var place: Place { get }

    /// Bytes of memory that a place takes outside of the value itself.
    static func byteCount(outside place: Place) -> Int

    /// The next link; nil at the end.
    mutating func next() -> CID?
}

extension LinkCursor: BlockLinkCursor {
    /// Where the search for the next link begins, in bytes of the block.
    package var place: Int { position }

    /// A place is a number.
    package static func byteCount(outside place: Int) -> Int { 0 }
}
