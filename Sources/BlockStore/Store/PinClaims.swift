import Execution
import Multiformats

/// Lets one caller at a time change a pin, without a lock over I/O.
final class PinClaims: Sendable {
    private let claimed = Monitor<Set<CID>>([])

    /// Runs a change of these pins alone.
    func with<Result>(
        _ cids: Set<CID>, by deadline: Deadline,
        _ body: () throws(BlockStoreError) -> Result
    ) throws(BlockStoreError) -> Result {
        let taken: Bool? = claimed.wait(by: deadline) { claimed in
            guard claimed.isDisjoint(with: cids) else { return nil }
            claimed.formUnion(cids)
            return true
        }
        guard taken == true else { throw .deadline("another change of the same pin") }
        defer { claimed.notify { $0.subtract(cids) } }
        return try body()
    }
}
