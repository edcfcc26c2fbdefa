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
        return try walkingOverIndex {
            let findings = try lookAtBlocks(
                at: numbers.contains, by: deadline, unless: isOver)
            guard let findings else { return nil }
            try rewriteEntries(at: numbers, by: deadline, unless: isOver)
            return isOver() ? nil : findings
        }
    }

    /// Turns errors of a walk over the index into those of the store.
    func walkingOverIndex<Result>(
        _ body: () throws -> Result
    ) throws(BlockStoreError) -> Result {
        do {
            return try body()
        } catch let error as BlockStoreError {
            throw error
        } catch {
            throw BlockStoreError(.readError, "the index could not be walked over: \(error)")
        }
    }

    /// Looks at blocks that were not found where the index says that they are.
    ///
    /// - Parameters:
    ///   - isWanted: whether the block of a number of the log is looked at.
    ///   - isCounted: whether it has been counted before, and is not.
    ///   - deadline: of each wait.
    ///   - isOver: asked at each entry: whether to give it up.
    /// - Returns: what has come of it, which is on disk; nil where it was given up.
    /// - Complexity: a walk over the index, and a read for each block that is looked at.
    func lookAtBlocks(
        at isWanted: (UInt64) -> Bool,
        butNot isCounted: (Multihash) throws -> Bool = { _ in false },
        by deadline: Deadline, unless isOver: () -> Bool
    ) throws -> BlockFindings? {
        var (findings, checks, isGivenUp) = (BlockFindings(), [BlockCheck](), false)
        try forEachEntry(in: MetaKey.indexTable) { key, value in
            isGivenUp = isOver()
            if let entry = IndexEntry(decoding: value), isWanted(entry.sequence),
                let multihash = try? Multihash(bytes: MetaKey.rest(of: key)),
                try !isCounted(multihash)
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
        findings.add(try settle(checks, by: deadline))
        return findings
    }

    /// Carries out checks and writes what would not outlive a restart.
    private func settle(
        _ checks: [BlockCheck], by deadline: Deadline
    ) throws(BlockStoreError) -> BlockFindings {
        let (findings, changes) = try carryOut(checks, by: deadline)
        if !changes.isEmpty { try meta.write(changes, by: deadline) }
        return findings
    }
}

extension BlockCheck {
    /// A block that was not found where the index says it is.
    fileprivate init(missing multihash: Multihash, _ entry: IndexEntry) {
        self.init(
            sequence: entry.sequence, multihash: multihash, byteCount: entry.byteCount,
            isWhole: false)
    }
}
