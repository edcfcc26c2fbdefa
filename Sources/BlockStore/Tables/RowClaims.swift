import Execution

/// Lets one caller at a time change a row, first come, first served, without a lock over I/O.
final class RowClaims: Sendable {
    private let lines = Monitor(ClaimLines())

    /// What the keys of the rows take that are being changed, or wait for that in line.
    var byteCount: Int { lines.withLock { $0.byteCount } }

    /// How many changes wait for others of the same rows, or for room.
    var waiterCount: Int { lines.withLock { $0.waiterCount } }

    /// Runs a change of these rows alone. Not from within another one: who waits for that goes first.
    func with<Result>(
        _ keys: Set<Key>, by deadline: Deadline,
        _ body: () throws(BlockStoreError) -> Result
    ) throws(BlockStoreError) -> Result {
        let claim = lines.withLock { $0.arrive(keys) }
        defer { lines.notify { $0.leave(claim) } }
        let isTurn: Bool? = lines.wait(by: deadline) { $0.isTurn(of: claim) ? true : nil }
        guard isTurn == true else { throw .deadline("another change of the same rows") }
        return try body()
    }
}
