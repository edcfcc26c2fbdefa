import IPLD
package import Multiformats

/// Goes around the faults of a DAG: gives each block below a root that is missing, damaged or cannot
/// be decoded, and goes on with what is not below it.
package struct FaultWalk {
    private let access: ContentAccess
    private let reader: BlockReader
    private var root: CID?
    private var path: WalkPath<LinkCursor>
    private var seen: SeenBlocks

    /// Prepares a walk.
    package init(from root: CID, access: ContentAccess) {
        self.access = access
        self.root = root
        reader = access.makeReader()
        path = WalkPath(access)
        seen = SeenBlocks(access)
    }

    /// The next fault.
    ///
    /// - Returns: nil when the rest is complete.
    /// - Throws: what ends the request as a whole, and errors of the store that no block is to blame
    ///   for.
    package mutating func next() throws(ContentError) -> (cid: CID, error: ContentError)? {
        while let cid = try advance() {
            try access.context.check()
            guard try seen.insert(cid) else { continue }
            do throws(ContentError) {
                if DAGWalk.hasLinks(cid) {
                    try path.descend(into: cid, try reader.held(cid) { path.release() })
                } else if try access.byteCount(of: cid) == nil {
                    throw ContentError.blockNotFound(cid)
                }
            } catch let error where error.isAboutContent {
                return (cid, error)
            }
        }
        return nil
    }

    package mutating func release() {
        path.release()
        reader.release()
    }

    private mutating func advance() throws(ContentError) -> CID? {
        if let root = root.take() { return root }
        if reader.isOthersTurn { release() }
        try seen.state.makeRoom { release() }
        try path.state.makeRoom { release() }
        return try path.next(from: reader)
    }
}
