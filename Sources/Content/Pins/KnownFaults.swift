import Multiformats

/// Blocks that cannot be pinned with what is below them, each with the fault that a walk from it meets
/// first.
struct KnownFaults {
    /// A block that is missing, damaged or cannot be decoded.
    struct Fault {
        /// As the link that led to it spells it.
        let cid: CID
        let error: ContentError
        /// Where it stands among those that are noted.
        fileprivate(set) var index: Int?
    }

    private let state: StateShare
    private var faults: [Fault] = []
    /// Where the one stands that was noted last.
    private var lastIndex = 0
    /// Where in the list the fault of a block stands.
    private var indices: [SeenBlocks.Key: Int] = [:]

    init(_ access: ContentAccess) { state = access.makeStateShare() }

    /// What a walk meets first that comes to a block; nil where that is not known.
    ///
    /// Messages name a block as it was asked for. So nothing is known of a faulty one that is spelled
    /// in another way, though it is noted.
    func fault(at cid: CID) -> Fault? {
        guard !indices.isEmpty, let index = indices[SeenBlocks.Key(cid)] else { return nil }
        let fault = faults[index]
        return fault.cid.multihash == cid.multihash && fault.cid != cid ? nil : fault
    }

    /// Whether a block is noted, in whatever spelling.
    func contains(_ cid: CID) -> Bool {
        !indices.isEmpty && indices[SeenBlocks.Key(cid)] != nil
    }

    /// Notes a fault at its own block.
    ///
    /// - Throws: `.tooMuchMemory`, `.overloaded`, and as `RequestContext.check()`.
    mutating func add(_ fault: Fault) throws(ContentError) {
        // The list grows by doubling. Its message is that of the root, which keeps it; its cause nobody does.
        if let index = fault.index {
            lastIndex = index
        } else {
            try state.take(2 * MemoryLayout<Fault>.stride + fault.cid.outsideByteCount)
            lastIndex = faults.count
            let cid = fault.cid.compacted()
            faults.append(Fault(cid: cid, error: fault.error.withoutCause, index: lastIndex))
        }
        try noteLast(at: fault.cid)
    }

    /// Notes the fault of the last `add` at a block above it.
    ///
    /// - Throws: as `add(_:)`.
    mutating func noteLast(at cid: CID) throws(ContentError) {
        let key = SeenBlocks.Key(cid)
        guard indices[key] == nil else { return }
        try state.take(key.entryByteCount)
        indices[key.compacted()] = lastIndex
    }
}
