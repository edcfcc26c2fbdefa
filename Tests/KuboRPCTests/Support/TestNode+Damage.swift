import BlockStore
import Content
import Execution
import Multiformats

extension TestNode {
    /// Removes the last block below a root behind everybody's back.
    @discardableResult
    func removeLast(below root: String) throws -> CID {
        var walk = DAGWalk(
            roots: [try CID(parsing: root)],
            access: library.access(for: RequestContext(deadline: .never)))
        var last = try CID(parsing: root)
        while let visit = try walk.next() { last = visit.cid }
        try store.delete(last.multihash, by: .never)
        return last
    }
}
