import Buffers
import Execution
import Multiformats

extension BlockStore {
    /// Looks at the blocks and rows whose values should be where the log has something else: what a page tells
    /// as a gap does not say what it was, and `meta/` does.
    ///
    /// - Parameters:
    ///   - numbers: where there was damage at the first look.
    ///   - deadline: of each wait.
    ///   - isOver: asked now and then: whether to give it up.
    /// - Returns: what has come of it, which is on disk; nil where it was given up.
    /// - Complexity: a walk over the index and all rows, and a read for each block or row that is looked at.
    func review(
        _ numbers: NumberRanges, by deadline: Deadline, unless isOver: () -> Bool
    ) throws(BlockStoreError) -> BlockFindings? {
        let last = min(lastSequence, (numbers.ranges.last?.upperBound ?? 1) - 1)
        try meta.waitForIndex(through: last, by: deadline)
        var (findings, checks, isGivenUp) = (BlockFindings(), [BlockCheck](), false)
        do {
            try forEachEntry(in: MetaKey.indexTable) { key, value in
                isGivenUp = isOver()
                if let entry = IndexEntry(decoding: value), numbers.contains(entry.sequence),
                    let multihash = try? Multihash(bytes: MetaKey.rest(of: key))
                {
                    checks.append(BlockCheck(missing: multihash, entry))
                }
                if checks.count >= Limits.logPageCountMax {
                    findings.add(try settle(checks, by: deadline))
                    checks = []
                }
                return !isGivenUp
            }
            if isGivenUp { return nil }
            try rewriteEntries(at: numbers, by: deadline, unless: isOver)
            if isOver() { return nil }
            findings.add(try settle(checks, by: deadline))
            return findings
        } catch let error as BlockStoreError {
            throw error
        } catch {
            throw BlockStoreError(.readError, "the index could not be walked over: \(error)")
        }
    }

    /// Carries out checks and writes what would not outlive a restart.
    func settle(
        _ checks: [BlockCheck], by deadline: Deadline
    ) throws(BlockStoreError) -> BlockFindings {
        let (findings, changes) = try carryOut(checks, by: deadline)
        if !changes.isEmpty { try meta.write(changes, by: deadline) }
        return findings
    }
}

extension BlockCheck {
    /// A block that was not found where the index says it is.
    init(missing multihash: Multihash, _ entry: IndexEntry) {
        self.init(
            sequence: entry.sequence, multihash: multihash, byteCount: entry.byteCount,
            isWhole: false)
    }
}
