import Execution
import Multiformats

/// Lets one caller at a time change a pin, without a lock over I/O.
final class PinClaims: Sendable {
    private struct Claims {
        var cids: Set<CID> = []
        var byteCount = 0
        var waiterCount = 0
    }

    private let claimed = Monitor(Claims())

    /// What the roots take that are being changed.
    var byteCount: Int { claimed.withLock { $0.byteCount } }

    /// How many changes wait for others of the same pins.
    var waiterCount: Int { claimed.withLock { $0.waiterCount } }

    /// Runs a change of these pins alone.
    func with<Result>(
        _ cids: Set<CID>, by deadline: Deadline,
        _ body: () throws(BlockStoreError) -> Result
    ) throws(BlockStoreError) -> Result {
        let cost = cids.reduce(0) { $0 + MemoryCost.claim($1) }
        var isWaiting = false
        let taken: Bool? = claimed.wait(by: deadline) { claimed in
            // A long list goes alone: its caller has it in memory anyway.
            let hasRoom = claimed.byteCount + cost <= Limits.claimBytesMax
            guard hasRoom || claimed.cids.isEmpty, claimed.cids.isDisjoint(with: cids) else {
                if !isWaiting { claimed.waiterCount += 1 }
                isWaiting = true
                return nil
            }
            claimed.cids.formUnion(cids)
            claimed.byteCount += cost
            return true
        }
        if isWaiting { claimed.withLock { $0.waiterCount -= 1 } }
        guard taken == true else { throw .deadline("another change of the same pin") }
        defer {
            claimed.notify { claimed in
                claimed.cids.subtract(cids)
                claimed.byteCount -= cost
            }
        }
        return try body()
    }
}
