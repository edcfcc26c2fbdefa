import Content
import JSON
import Multiformats

/// The blocks that the arguments of a call lead to, with the memory for their names: there may be
/// `Limits.argumentCountMax`.
struct ArgumentCIDs {
    let cids: [CID]
    /// Kept for as long as the CIDs are used.
    let memory: StateShare

    /// The CIDs as texts in a list.
    func list(_ text: CIDText) -> JSONOutput {
        let cids = cids
        return .made(cids.count) { .text(text(cids[$0])) }
    }
}

extension Invocation {
    /// Resolves all arguments, each of which must lead to a block.
    ///
    /// - Throws: `.overloaded` when others have the memory; what a path fails with.
    func cids() throws -> ArgumentCIDs {
        let memory = access.makeEntryShare()
        try memory.take(argumentBytes.count * MemoryLayout<CID>.stride)
        var cids: [CID] = []
        cids.reserveCapacity(argumentBytes.count)
        for argument in argumentBytes {
            // A copy: what a path leads to is a slice of a block.
            let cid = try cid(of: argument).compacted()
            try memory.take(cid.memoryOutside)
            cids.append(cid)
        }
        return ArgumentCIDs(cids: cids, memory: memory)
    }
}

extension CID {
    /// What an unusual digest takes in a region of its own, and that region.
    var memoryOutside: Int { outsideByteCount == 0 ? 0 : outsideByteCount + 96 }
}
