import Buffers
import Execution
import Multiformats
import Telemetry

extension BlockStore {
    /// - Throws: `.corrupt` for a block that is in quarantine.
    func refuseQuarantined(_ multihash: Multihash) throws(BlockStoreError) {
        guard try isQuarantined(multihash) else { return }
        throw Self.quarantinedError(multihash)
    }

    /// Whether a block failed a check and has not been stored again since.
    func isQuarantined(_ multihash: Multihash) throws(BlockStoreError) -> Bool {
        switch quarantine.contains(multihash) {
        case .yes: return true
        case .no: return false
        case .askDisk: break
        }
        return try metaValue(for: MetaKey.quarantine(multihash)) != nil
    }

    /// What a read fails with. A disk that does not give a block says nothing about the block: it is read
    /// again when somebody asks for it, and written anew when somebody stores it. Its table may be cut off,
    /// which LevelDB tells as an invalid argument, or not be there.
    func readError(_ error: DatabaseError, _ multihash: Multihash) -> BlockStoreError {
        guard error.kind != .closed else { return .closed }
        if error.kind == .inputOutput, unreadable.insert(multihash) {
            options.log.error(
                "the disk did not give a stored block",
                [
                    .text("cid", CID.v1(.raw, multihash).text()), .text("error", error.message),
                ])
        }
        return BlockStoreError(
            .readError, "a block could not be read: \(error.message); check the disk",
            multihash: multihash)
    }

    /// Puts a block into quarantine that was found damaged twice: it is not served before it has been
    /// stored again, or has been found whole.
    ///
    /// - Returns: what its reader is told.
    func damage(
        _ finding: LogFinding, _ multihash: Multihash, _ entry: IndexEntry
    ) -> BlockStoreError {
        // A database that takes no writes may read as wrongly as it writes.
        guard let reason = finding.fault, log.state.withLock({ $0.life.isOpen }) else {
            return BlockStoreError(
                .readError,
                "block \(CID.v1(.raw, multihash).text()) failed its check while blocks/ takes no writes: "
                    + "check the disk; the block is looked at again",
                multihash: multihash)
        }
        let record = QuarantineRecord(
            reason: reason, sequence: entry.sequence, noticed: options.clock.time)
        // Beyond the table in memory the record on disk tells whether it is new.
        let isKnown = (try? isQuarantined(multihash)) ?? false
        if !isKnown, quarantine.insert(multihash) {
            // It was deleted just now, or stored anew: then the record would stay without its block.
            guard (try? isStill(entry, of: multihash)) == true else {
                quarantine.remove(multihash)
                return Self.quarantinedError(multihash)
            }
            cache.remove(multihash)
            let place = MetaKey.quarantine(multihash)
            meta.writeLater([.put(place, record.encode())])
            // Stored anew in between: the record would condemn what is whole, at the next start.
            if (try? isStill(entry, of: multihash)) == false { meta.writeLater([.delete(place)]) }
            options.log.error(
                "a stored block failed its check and is not served any more",
                [
                    .text("cid", CID.v1(.raw, multihash).text()),
                    .text("reason", "\(reason)"), .integer("sequence", Int(entry.sequence)),
                ])
        }
        return Self.quarantinedError(multihash)
    }

    static func quarantinedError(_ multihash: Multihash) -> BlockStoreError {
        BlockStoreError(
            .corrupt,
            "block \(CID.v1(.raw, multihash).text()) failed its check and is quarantined: check the "
                + "disk, then store the block again",
            multihash: multihash)
    }

    static func metaError(_ error: DatabaseError) -> BlockStoreError {
        switch error.kind {
        case .closed: .closed
        case _ where error.isOfTable: damagedIndex(error.message)
        default:
            BlockStoreError(.readError, "meta/ could not be read: \(error.message); check the disk")
        }
    }

    /// What has no form that anything in `meta/` has: all of it is looked through at the next start.
    func damagedEntry(_ what: String) -> BlockStoreError {
        disk.doubt(.meta, because: DatabaseError(kind: .corruption, message: what))
        return Self.damagedIndex(what)
    }

    static func damagedIndex(_ what: String) -> BlockStoreError {
        BlockStoreError(
            .corrupt,
            "meta/ is damaged (\(what)): check the disk, then restart the node, which makes meta/ anew "
                + "from blocks/")
    }
}
