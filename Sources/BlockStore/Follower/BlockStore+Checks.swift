import Execution
import Multiformats
import Telemetry

extension BlockStore {
    /// Compares values of the log with the index: what is damaged at a second look, too, goes into
    /// quarantine; what is in quarantine and whole is let out.
    ///
    /// - Parameters:
    ///   - checks: what was found at the first look.
    ///   - deadline: of each wait.
    /// - Returns: what has come of it, and changes without which it would not outlive a restart.
    /// - Throws: where nothing can be said: the databases are not open, or take no writes.
    /// - Complexity: one look-up in the index for each; another read where something is wrong.
    func carryOut(
        _ checks: [BlockCheck], by deadline: Deadline
    ) throws(BlockStoreError) -> (BlockFindings, [MetaChange]) {
        var findings = BlockFindings()
        var damaged: [(Multihash, IndexEntry, QuarantineRecord)] = []
        for check in checks {
            guard let entry = try knownEntry(of: check.multihash),
                entry.sequence == check.sequence
            else {
                findings.garbageCount += 1
                continue
            }
            switch try verdict(on: check, entry) {
            case .whole:
                let isFreed = try letOut(check.multihash, entry, by: deadline)
                if isFreed { findings.freedCount += 1 } else { findings.wholeCount += 1 }
            case .unreadable: findings.unreadableCount += 1
            case .garbage: findings.garbageCount += 1
            case .damaged(let record):
                findings.damagedCount += 1
                damaged.append((check.multihash, entry, record))
            }
        }
        return (findings, try missingRecords(damaged))
    }

    private enum Verdict {
        case whole
        case damaged(QuarantineRecord)
        case unreadable
        /// It was deleted or stored anew meanwhile.
        case garbage
    }

    private func verdict(
        on check: BlockCheck, _ entry: IndexEntry
    ) throws(BlockStoreError) -> Verdict {
        let isKnown = try isQuarantined(check.multihash)
        let wasWhole = check.isWhole && check.byteCount == entry.byteCount
        if wasWhole, !isKnown { return .whole }
        let finding: LogFinding
        do throws(DatabaseError) {
            finding = try look(at: check.multihash, entry).hashed(check.multihash)
        } catch {
            let told = readError(error, check.multihash)
            guard error.kind == .inputOutput else { throw told }
            return .unreadable
        }
        guard try isStill(entry, of: check.multihash) else { return .garbage }
        // In quarantine it stays until it is whole at both looks, and goes there if it is at none.
        let isWhole = finding.fault == nil
        guard isKnown ? !(wasWhole && isWhole) : !(wasWhole || isWhole) else { return .whole }
        if !isKnown {
            let told = damage(finding, check.multihash, entry)
            guard told.code == .corrupt else { throw told }
        }
        return .damaged(
            QuarantineRecord(
                reason: finding.fault ?? .checksum, sequence: entry.sequence,
                noticed: options.clock.time))
    }

    /// Lets a block out of quarantine. Nobody stores it anew meanwhile: its record would go twice.
    ///
    /// - Returns: false where it is in none, or was deleted or stored anew before.
    private func letOut(
        _ multihash: Multihash, _ entry: IndexEntry, by deadline: Deadline
    ) throws(BlockStoreError) -> Bool {
        guard try isQuarantined(multihash) else { return false }
        let announced = try announceDeletion(of: [multihash], by: deadline)
        defer { announced.end(.kept) }
        guard try isStill(entry, of: multihash), try isQuarantined(multihash) else {
            return false
        }
        try meta.write([.delete(MetaKey.quarantine(multihash))], by: deadline)
        quarantine.remove(multihash)
        options.log.info(
            "a block that had failed its check is whole, and is served again",
            [.text("cid", CID.v1(.raw, multihash).text())])
        return true
    }

    /// The records that are not on disk: `damage` writes them when there is room.
    private func missingRecords(
        _ damaged: [(Multihash, IndexEntry, QuarantineRecord)]
    ) throws(BlockStoreError) -> [MetaChange] {
        var changes: [MetaChange] = []
        for (multihash, entry, record) in damaged {
            let key = MetaKey.quarantine(multihash)
            guard try metaValue(for: key) == nil, try isStill(entry, of: multihash),
                try isQuarantined(multihash)
            else { continue }
            changes.append(.put(key, record.encode()))
        }
        return changes
    }
}
