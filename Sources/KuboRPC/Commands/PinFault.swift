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
    ///
    /// - Parameters:
    ///   - root: of the pin.
    ///   - access: where the blocks are, and who asks.
    ///   - memory: for the faults, until the caller gives it back.
    static func all(
        below root: CID, for access: ContentAccess, _ memory: StateShare
    ) throws -> [PinFault] {
        var options = DAGWalk.Options()
        options.readsLeaves = false
        var walk = DAGWalk(roots: [root], access: access, options: options)
        do throws(ContentError) {
            while try walk.next() != nil {}
            return []
        } catch {
            if error.endsRequest { throw error }
            return try list(below: root, for: access, memory)
        }
    }

    private static func list(
        below root: CID, for access: ContentAccess, _ memory: StateShare
    ) throws -> [PinFault] {
        var faults: [PinFault] = []
        var walk = FaultWalk(from: root, access: access)
        while faults.count < Limits.pinFaultsMax {
            try memory.makeRoom(for: Limits.faultMemoryBytes) { walk.release() }
            guard let fault = try walk.next() else { break }
            try memory.take(Limits.faultMemoryBytes)
            faults.append(PinFault(cid: fault.cid, message: RPCError(fault.error).message))
        }
        return faults
    }
}
