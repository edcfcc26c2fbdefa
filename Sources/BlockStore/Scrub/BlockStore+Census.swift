import Buffers
import Execution
import Multiformats

extension BlockStore {
    /// Looks for blocks that the index has and a walk over the log has not met: a walk does not see what is
    /// missing. Those that are not there at two looks go into quarantine.
    ///
    /// - Parameters:
    ///   - census: what the walk has met.
    ///   - deadline: of each wait.
    ///   - isOver: asked now and then: whether to give it up.
    /// - Returns: what has come of it, which is on disk; nil where it was given up.
    /// - Complexity: a walk over the index; where something is missing another one, and a read of each block in
    ///   the same part of the log.
    func findMissing(
        by census: LogCensus, by deadline: Deadline, unless isOver: () -> Bool
    ) throws(BlockStoreError) -> BlockFindings? {
        try meta.waitForIndex(through: min(lastSequence, census.through), by: deadline)
        return try walkingOverIndex {
            guard let lacking = try lackingParts(of: census, unless: isOver) else { return nil }
            guard !lacking.isEmpty else { return BlockFindings() }
            var findings = try lookAtBlocks(
                at: { census.part(of: $0).map(lacking.contains) ?? false },
                // What was met and is damaged, or was missing before, has been counted.
                butNot: isQuarantined, by: deadline, unless: isOver)
            // Those that the disk does not give were gaps of the walk.
            findings?.unreadableCount = 0
            return findings
        }
    }

    private func lackingParts(of census: LogCensus, unless isOver: () -> Bool) throws -> Set<Int>? {
        var counts = [UInt64](repeating: 0, count: census.count)
        var isGivenUp = false
        try forEachEntry(in: MetaKey.indexTable) { _, value in
            if let entry = IndexEntry(decoding: value), let part = census.part(of: entry.sequence) {
                counts[part] += 1
            }
            isGivenUp = isOver()
            return !isGivenUp
        }
        return isGivenUp ? nil : census.lacking(counts)
    }
}
