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
        do {
            guard let lacking = try lackingParts(of: census, unless: isOver) else { return nil }
            guard !lacking.isEmpty else { return BlockFindings() }
            return try missing(from: lacking, of: census, by: deadline, unless: isOver)
        } catch let error as BlockStoreError {
            throw error
        } catch {
            throw BlockStoreError(.readError, "the index could not be walked over: \(error)")
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

    private func missing(
        from parts: Set<Int>, of census: LogCensus, by deadline: Deadline,
        unless isOver: () -> Bool
    ) throws -> BlockFindings? {
        var (findings, checks, isGivenUp) = (BlockFindings(), [BlockCheck](), false)
        try forEachEntry(in: MetaKey.indexTable) { key, value in
            isGivenUp = isOver()
            if let entry = IndexEntry(decoding: value), let part = census.part(of: entry.sequence),
                parts.contains(part),
                let multihash = try? Multihash(bytes: MetaKey.rest(of: key)),
                // What was met and is damaged, or was missing before, has been counted.
                try !isQuarantined(multihash)
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
        // Those that the disk does not give were gaps of the walk.
        findings.unreadableCount = 0
        return findings
    }
}
