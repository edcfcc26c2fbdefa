import Content
import Multiformats

/// A block that keeps a pin from being complete.
struct PinFault {
    let cid: CID
    let message: String

    /// Looks for everything that is wrong below a root.
    ///
    /// A complete DAG, the usual case, is walked in bounded memory, without what is below pins that
    /// were complete. Only when something is wrong a second walk goes around the faults to list them, up
    /// to `Limits.pinFaultsMax`.
    ///
    /// - Parameters:
    ///   - root: of the pin.
    ///   - check: looks at one pin after the other.
    ///   - access: where the blocks are, and who asks.
    ///   - memory: for the faults, until the caller gives it back.
    static func all(
        below root: CID, by check: inout CompletenessCheck, for access: ContentAccess,
        _ memory: StateShare
    ) throws -> [PinFault] {
        guard try check.fault(below: root) != nil else { return [] }
        // The list costs a walk of its own anyway; and what leads to faults would be remembered without
        // end.
        check.reset()
        return try list(below: root, for: access, memory)
    }

    private static func list(
        below root: CID, for access: ContentAccess, _ memory: StateShare
    ) throws -> [PinFault] {
        var faults: [PinFault] = []
        var walk = FaultWalk(from: root, access: access)
        while faults.count < Limits.pinFaultsMax {
            try memory.makeRoom(for: Limits.faultMemoryBytes) { walk.release() }
            guard let fault = try walk.next() else { break }
            let found = PinFault(cid: fault.cid, message: RPCError(fault.error).message)
            try memory.take(found.memoryByteCount)
            faults.append(found)
        }
        return faults
    }

    /// What it takes in a list that grows by doubling.
    private var memoryByteCount: Int {
        2 * MemoryLayout<PinFault>.stride + cid.outsideByteCount + message.utf8.count
    }
}
