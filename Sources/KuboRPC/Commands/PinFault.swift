import Content
import IPLD
import Multiformats

/// A block that keeps a pin from being complete.
struct PinFault {
    let cid: CID
    let message: String

    /// Looks for everything that is wrong below a root.
    ///
    /// A complete DAG, the usual case, is walked in bounded memory. Only when something is wrong a
    /// second walk goes around the faults to list them, up to `Limits.pinFaultsMax`.
    static func all(below root: CID, of invocation: Invocation) throws -> [PinFault] {
        var options = DAGWalk.Options()
        options.readsLeaves = false
        var walk = DAGWalk(roots: [root], library: invocation.library, options: options)
        var pulse = Pulse(every: .milliseconds(250))
        do {
            while try walk.next() != nil {
                if pulse.isDue() { try invocation.checkWanted() }
            }
            return []
        } catch is ContentError {
            return try list(below: root, of: invocation)
        }
    }

    private static func list(below root: CID, of invocation: Invocation) throws -> [PinFault] {
        var faults: [PinFault] = []
        var rest = [root]
        var seen: Set<Multihash> = []
        let blocks = invocation.library.blocks
        var pulse = Pulse(every: .milliseconds(250))
        while let cid = rest.popLast(), faults.count < Limits.pinFaultsMax {
            if pulse.isDue() { try invocation.checkWanted() }
            guard seen.insert(cid.multihash).inserted else { continue }
            do {
                rest += try links(of: cid, in: blocks)
            } catch {
                faults.append(PinFault(cid: cid, message: RPCError(error).message))
            }
        }
        return faults
    }

    private static func links(of cid: CID, in blocks: LocalBlocks) throws -> [CID] {
        guard Links.mayHaveLinks(cid.codec) else {
            guard try blocks.byteCount(of: cid) != nil else {
                throw ContentError.blockNotFound(cid)
            }
            return []
        }
        return try Links.links(in: blocks.named(cid)).reversed()
    }
}
