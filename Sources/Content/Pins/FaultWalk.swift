package import Multiformats

/// Gives each block below a root that is missing, damaged or cannot be decoded, and goes on with what is
/// not below it.
package struct FaultWalk {
    private var walk: DAGWalk

    /// Prepares a walk.
    package init(from root: CID, access: ContentAccess) {
        walk = DAGWalk(roots: [root], access: access, options: .aroundFaults)
    }

    /// The next fault.
    ///
    /// - Returns: nil when the rest is complete.
    /// - Throws: what ends the request as a whole, and errors of the store that no block is to blame
    ///   for.
    package mutating func next() throws(ContentError) -> (cid: CID, error: ContentError)? {
        while let visit = try walk.next() {
            if let fault = visit.fault { return (visit.cid, fault) }
        }
        return nil
    }

    package mutating func release() { walk.release() }
}
