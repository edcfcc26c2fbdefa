import Execution
package import Multiformats
import Synchronization

/// What one request may read: the content of a library, on behalf of who asks.
package struct ContentAccess: Sendable {
    /// The content.
    package let library: Library
    /// Who asks.
    package let context: RequestContext

    /// Puts the two together.
    package init(_ library: Library, for context: RequestContext) {
        self.library = library
        self.context = context
    }

    /// A reader of blocks for one thread.
    ///
    /// - Parameter companion: another one, or something else, whose blocks and read-ahead can be let go
    ///   of whenever this one has to wait for memory.
    package func makeReader(with companion: (any BlockHolder)? = nil) -> BlockReader {
        BlockReader(self, with: companion)
    }

    /// The size of a block without reading it.
    ///
    /// - Returns: nil when it is not here.
    /// - Throws: `.storage`, and as `RequestContext.check()`.
    package func byteCount(of cid: CID) throws(ContentError) -> Int? {
        try context.check()
        if cid.isIdentity { return cid.multihash.digestCount }
        return try library.source.byteCount(of: cid, for: context)
    }

    /// Memory for what a walk or a list has to remember, none at first.
    package func makeStateShare() -> StateShare {
        StateShare(of: library.stateMemory, for: context, context.stateReserve)
    }

    /// Whether this request remembers something while others wait for memory to do so. However little: many
    /// that each hold a little hold all of it.
    package var holdsUpOthers: Bool { heldUpByteCount > 0 }

    /// How much it remembers while others wait to do so, of what an add keeps to its end; 1 where that is
    /// something else, and 0 where nobody waits.
    package var heldUpByteCount: Int {
        let entryByteCount = context.entryReserve.heldByteCount
        if entryByteCount > 0, library.entryMemory.isWanted { return entryByteCount }
        return context.stateReserve.heldByteCount > 0 && library.stateMemory.isWanted ? 1 : 0
    }

    /// Memory for what an add, an import or a put has to remember until its end, and a call its arguments;
    /// none at first.
    package func makeEntryShare() -> StateShare {
        StateShare(of: library.entryMemory, for: context, context.entryReserve)
    }
}
