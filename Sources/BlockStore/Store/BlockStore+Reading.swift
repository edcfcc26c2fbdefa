package import Buffers
import Execution
package import Multiformats

extension BlockStore {
    /// Reads a block.
    ///
    /// Not only durable blocks are found, but also those that are on their way to the disk.
    ///
    /// - Parameter multihash: of the block.
    /// - Returns: its bytes, or nil if the store does not have it.
    /// - Throws: `.corrupt` for a block that fails a check (it is quarantined), `.readError`,
    ///   `.closed`.
    /// - Complexity: from the cache, no I/O; else one look-up in the index and one read.
    package func get(_ multihash: Multihash) throws(BlockStoreError) -> Bytes? {
        if multihash.code == .identity { return multihash.digest }
        guard Self.canBeStored(multihash) else { return nil }
        return try read(multihash)
    }

    /// Reads a block for which the caller has to find memory first.
    ///
    /// - Parameters:
    ///   - multihash: of the block.
    ///   - reserve: gets the size of the block before it takes memory of its own, and may wait for
    ///     that much; false gives the read up.
    /// - Returns: the bytes, or why there are none.
    /// - Throws: as `get(_:)`.
    package func get(
        _ multihash: Multihash, reserving reserve: (Int) -> Bool
    ) throws(BlockStoreError) -> ReservedRead {
        if multihash.code == .identity { return .found(multihash.digest) }
        guard Self.canBeStored(multihash) else { return .absent }
        // Only its size is looked at before: a block can leave the cache while its memory is waited for,
        // and everybody who waited with it in hand would keep one that nobody counts.
        if let byteCount = cache.byteCount(of: multihash) {
            guard reserve(byteCount) else { return .notReserved }
            return try read(multihash).map(ReservedRead.found) ?? .absent
        }
        guard let entry = try entry(of: multihash) else { return .absent }
        guard reserve(entry.byteCount) else { return .notReserved }
        return try read(multihash, entry).map(ReservedRead.found) ?? .absent
    }

    /// Whether reading a block now would need no I/O, because it is in the cache.
    package func isCached(_ multihash: Multihash) -> Bool {
        guard Self.canBeStored(multihash) else { return true }
        return cache.byteCount(of: multihash) != nil
    }

    /// Has the next read of a block come from the disk.
    package func forgetCached(_ multihash: Multihash) { cache.remove(multihash) }

    /// Whether a block can be in the store under a multihash: identity has no block, and digests
    /// have a longest length. Others are never looked up, whatever their length.
    static func canBeStored(_ multihash: Multihash) -> Bool {
        multihash.code != .identity && multihash.digestCount <= Limits.digestBytesMax
    }

    /// What the index knows about a block; nil if the store does not have it.
    package func stat(_ multihash: Multihash) throws(BlockStoreError) -> BlockInfo? {
        if multihash.code == .identity {
            return BlockInfo(byteCount: multihash.digestCount, sequence: nil, hasNoLinks: false)
        }
        guard Self.canBeStored(multihash) else { return nil }
        if let found = log.state.withLock({ $0.find(multihash) }) { return found.info }
        return try entryOnDisk(of: multihash)?.info
    }

    /// Whether the store has a block.
    package func contains(_ multihash: Multihash) throws(BlockStoreError) -> Bool {
        try stat(multihash) != nil
    }

    /// Whether the index says that a block, read as dag-pb, has no links: also of one that is in quarantine.
    ///
    /// - Returns: false where it is not known, and for a block that the store does not have.
    package func isPlainNode(_ multihash: Multihash) throws(BlockStoreError) -> Bool {
        guard Self.canBeStored(multihash) else { return false }
        return try knownEntry(of: multihash)?.flags.contains(.isPlainNode) == true
    }

    /// What the index says, in memory or on disk.
    private func entry(of multihash: Multihash) throws(BlockStoreError) -> IndexEntry? {
        if let found = log.state.withLock({ $0.find(multihash) }) { return found.entry }
        return try entryOnDisk(of: multihash)
    }

    /// What it says of a block that the log does not know.
    private func entryOnDisk(of multihash: Multihash) throws(BlockStoreError) -> IndexEntry? {
        try refuseQuarantined(multihash)
        return try indexEntry(multihash)
    }

    /// Reads a block for which there is memory.
    ///
    /// - Parameter known: what the index has said about it, perhaps some time ago.
    private func read(
        _ multihash: Multihash, _ known: IndexEntry? = nil
    ) throws(BlockStoreError) -> Bytes? {
        let ticket: BlockCache.Ticket
        switch cache.get(multihash) {
        case .hit(let bytes): return bytes
        case .miss(let miss): ticket = miss
        }
        if let bytes = try queued(multihash) { return bytes }
        var found = known
        if found == nil { found = try entry(of: multihash) }
        guard let entry = found else { return nil }
        if let bytes = try read(multihash, entry, ticket) { return bytes }
        // It may have been removed and stored again since.
        return known == nil ? nil : try read(multihash)
    }

    /// A block that is on its way to the disk. One that is so large that nobody keeps it while it is
    /// written is on disk when this returns.
    private func queued(_ multihash: Multihash) throws(BlockStoreError) -> Bytes? {
        let deadline = Deadline.after(Limits.largeWriteWait)
        while true {
            switch log.state.withLock({ $0.find(multihash) }) {
            case .block(let block, _): return block.bytes
            case .inLog, nil: return nil
            case .beingWritten(_, let ticket):
                do throws(BlockStoreError) {
                    try log.wait(for: ticket, by: deadline)
                } catch {
                    // Why it was not written is its writer's to know: it is not there then.
                    guard error.code != .deadlineExceeded else { throw error }
                }
            }
        }
    }

    private func read(
        _ multihash: Multihash, _ entry: IndexEntry, _ ticket: BlockCache.Ticket
    ) throws(BlockStoreError) -> Bytes? {
        var finding = try self.finding(of: multihash, at: entry)
        if finding.fault != nil {
            // It was deleted just now, or stored anew.
            guard try isStill(entry, of: multihash) else { return nil }
            // What a disk gave wrongly once is no damage yet.
            finding = try self.finding(of: multihash, at: entry)
        }
        switch finding {
        case .whole(let bytes):
            cache.insert(bytes, ticket)
            return bytes
        case .absent, .wrongValue, .wrongChecksum:
            guard try isStill(entry, of: multihash) else { return nil }
            throw damage(finding, multihash, entry)
        }
    }

    /// Whether the index still says the same of a block.
    func isStill(
        _ entry: IndexEntry, of multihash: Multihash
    ) throws(BlockStoreError) -> Bool {
        try knownEntry(of: multihash) == entry
    }

    /// What the index says of a block, in memory or on disk, also of one that is in quarantine.
    func knownEntry(of multihash: Multihash) throws(BlockStoreError) -> IndexEntry? {
        if let found = log.state.withLock({ $0.find(multihash) }) { return found.entry }
        return try indexEntry(multihash)
    }

    /// The number of a block in the log, also of one that is in quarantine; nil where it is not here.
    ///
    /// - Throws: `.corrupt` for a damaged index, `.readError`, `.closed`.
    package func place(of multihash: Multihash) throws(BlockStoreError) -> UInt64? {
        try knownEntry(of: multihash)?.sequence
    }

    private func finding(
        of multihash: Multihash, at entry: IndexEntry
    ) throws(BlockStoreError) -> LogFinding {
        do throws(DatabaseError) {
            return try look(at: multihash, entry)
        } catch {
            throw readError(error, multihash)
        }
    }

    /// Looks at the place of a block, a second time where the disk does not give it.
    func look(
        at multihash: Multihash, _ entry: IndexEntry
    ) throws(DatabaseError) -> LogFinding {
        func lookOnce() throws(DatabaseError) -> LogFinding {
            try log.holder.read { database throws(DatabaseError) in
                try database.finding(of: multihash, at: entry)
            }
        }
        do throws(DatabaseError) {
            return try lookOnce()
        } catch  where error.kind == .inputOutput {
            return try lookOnce()
        }
    }

    /// Looks a block up in the index on disk.
    func indexEntry(_ multihash: Multihash) throws(BlockStoreError) -> IndexEntry? {
        guard let value = try metaValue(for: MetaKey.index(multihash)) else { return nil }
        guard let entry = IndexEntry(decoding: value) else {
            throw damagedEntry("a damaged entry")
        }
        return entry
    }

    /// What stands under a key of `meta/`.
    func metaValue(for key: Key) throws(BlockStoreError) -> Bytes? {
        do throws(DatabaseError) {
            return try meta.holder.read { database throws(DatabaseError) in
                try database.value(for: key)
            }
        } catch {
            throw Self.metaError(error)
        }
    }
}
