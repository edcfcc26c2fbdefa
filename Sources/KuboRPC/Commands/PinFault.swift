import Content
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
        var walk = DAGWalk(roots: [root], access: invocation.access, options: options)
        do throws(ContentError) {
            while try walk.next() != nil {}
            return []
        } catch {
            if error.endsRequest { throw error }
            return try list(below: root, of: invocation)
        }
    }

    private static func list(below root: CID, of invocation: Invocation) throws -> [PinFault] {
        var faults: [PinFault] = []
        var walk = FaultWalk(from: root, access: invocation.access)
        while faults.count < Limits.pinFaultsMax, let fault = try walk.next() {
            faults.append(PinFault(cid: fault.cid, message: RPCError(fault.error).message))
        }
        return faults
    }
}
