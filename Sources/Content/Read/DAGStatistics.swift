package import Multiformats

/// Blocks and bytes of some DAGs, alone and together.
///
/// - Spec: Kubo RPC API, `dag/stat`.
package struct DAGStatistics: Sendable, Hashable {
    /// One DAG by itself, each of its blocks once.
    package struct DAG: Sendable, Hashable {
        /// Its root.
        package let cid: CID
        /// Bytes of its blocks.
        package fileprivate(set) var byteCount: UInt64 = 0
        /// Its blocks.
        package fileprivate(set) var blockCount: UInt64 = 0
    }

    /// The DAGs in the order asked for.
    package private(set) var dags: [DAG] = []
    /// Blocks of all DAGs, each once.
    package private(set) var uniqueBlockCount: UInt64 = 0
    /// Bytes of those blocks.
    package private(set) var totalByteCount: UInt64 = 0

    /// Bytes that are counted in more than one DAG.
    package var sharedByteCount: UInt64 { summedByteCount - totalByteCount }

    /// The sum over the DAGs in relation to the bytes of all; 0 for no bytes.
    package var ratio: Double {
        totalByteCount == 0 ? 0 : Double(summedByteCount) / Double(totalByteCount)
    }

    private var summedByteCount: UInt64 { dags.reduce(0) { $0 + $1.byteCount } }

    private init() {}

    /// Walks the DAGs.
    ///
    /// - Parameters:
    ///   - roots: where they start.
    ///   - access: where the blocks are, and who asks.
    ///   - progress: called after each block with what is known so far; may throw to end the walk.
    /// - Returns: the figures.
    /// - Throws: `.blockNotFound`, `.undecodable`, `.storage`, `.tooMuchMemory`, `.overloaded`, and
    ///   as `RequestContext.check()`.
    package static func count(
        _ roots: [CID], access: ContentAccess,
        progress: (DAGStatistics) throws -> Void = { _ in }
    ) throws -> DAGStatistics {
        var statistics = DAGStatistics()
        var seen = SeenBlocks(access, isExact: true)
        var options = DAGWalk.Options()
        options.readsLeaves = false
        options.isExact = true
        for root in roots {
            statistics.dags.append(DAG(cid: root))
            let index = statistics.dags.count - 1
            var walk = DAGWalk(roots: [root], access: access, options: options)
            while true {
                try seen.state.makeRoom { walk.release() }
                guard let visit = try walk.next() else { break }
                let isNew = roots.count == 1 ? true : try seen.insert(visit.cid)
                statistics.add(visit, toDAG: index, isNew: isNew)
                try progress(statistics)
            }
        }
        return statistics
    }

    private mutating func add(_ visit: DAGWalk.Visit, toDAG index: Int, isNew: Bool) {
        let byteCount = UInt64(visit.byteCount)
        dags[index].byteCount &+= byteCount
        dags[index].blockCount &+= 1
        guard isNew else { return }
        uniqueBlockCount &+= 1
        totalByteCount &+= byteCount
    }
}
