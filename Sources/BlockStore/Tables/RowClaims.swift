import Execution
import Multiformats

/// Lets one caller at a time change a pin, first come, first served, without a lock over I/O.
final class PinClaims: Sendable {
    private let lines = Monitor(ClaimLines())

    /// What the roots take that are being changed, or wait for that in line.
    var byteCount: Int { lines.withLock { $0.byteCount } }

    /// How many changes wait for others of the same pins, or for room.
    var waiterCount: Int { lines.withLock { $0.waiterCount } }

    /// Runs a change of these pins alone. Not from within another one: who waits for that goes first.
    func with<Result>(
        _ cids: Set<CID>, by deadline: Deadline,
        _ body: () throws(BlockStoreError) -> Result
    ) throws(BlockStoreError) -> Result {
        let claim = lines.withLock { $0.arrive(cids) }
        defer { lines.notify { $0.leave(claim) } }
        let isTurn: Bool? = lines.wait(by: deadline) { $0.isTurn(of: claim) ? true : nil }
        guard isTurn == true else { throw .deadline("another change of the same pin") }
        return try body()
    }
}
