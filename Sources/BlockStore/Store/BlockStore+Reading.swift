package import Buffers
import Execution
package import Multiformats
import Telemetry

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
        guard case .found(let bytes) = try get(multihash, reserving: { _ in true }) else {
            return nil
        }
        return bytes
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
        switch cache.get(multihash) {
        case .hit(let bytes): return reserve(bytes.count) ? .found(bytes) : .notReserved
        case .miss(let ticket): return try read(multihash, ticket, reserve)
        }
    }

    /// Whether reading a block now would need no I/O, because it is in the cache.
    package func isCached(_ multihash: Multihash) -> Bool {
        guard Self.canBeStored(multihash) else { return true }
        return cache.contains(multihash)
    }

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
        if let found = log.state.withLock({ $0.find(multihash) }) { return found.entry.info }
        try refuseQuarantined(multihash)
        return try indexEntry(multihash)?.info
    }

    /// Whether the store has a block.
    package func contains(_ multihash: Multihash) throws(BlockStoreError) -> Bool {
        try stat(multihash) != nil
    }

    /// Shows every block that is in the index, in the order of the multihashes.
    ///
    /// Blocks that come or go during the walk may be shown or not.
    ///
    /// - Parameter body: returns false to stop.
    /// - Throws: `.deadlineExceeded` when the index does not catch up, read errors, and what the
    ///   body throws.
    package func forEachBlock(_ body: (Multihash, BlockInfo) throws -> Bool) throws {
        let last = log.state.withLock { $0.durableThrough }
        try meta.waitForIndex(through: last, by: .after(.seconds(60)))
        try forEachEntry(in: MetaKey.indexTable) { key, value in
            guard let multihash = try? Multihash(bytes: MetaKey.rest(of: key)),
                let entry = IndexEntry(decoding: value)
            else { throw Self.damagedIndex("a damaged entry") }
            return try body(multihash, entry.info)
        }
    }

    /// Shows every block that failed a check and is not served until it is stored again.
    ///
    /// - Parameter body: returns false to stop.
    /// - Throws: read errors, and what the body throws.
    package func forEachQuarantined(_ body: (Multihash) throws -> Bool) throws {
        try forEachEntry(in: MetaKey.quarantineTable) { key, _ in
            guard let multihash = try? Multihash(bytes: MetaKey.rest(of: key)) else { return true }
            return try body(multihash)
        }
    }

    /// Walks over a table of `meta/` page by page, so that no iterator lives while the body runs,
    /// and no more is held than a page.
    func forEachEntry(in table: UInt8, _ body: (Key, Bytes) throws -> Bool) throws {
        var start = Key([table])
        while true {
            let page = try page(from: start, table: table)
            for (key, value) in page.entries where try !body(key, value) { return }
            guard page.hasMore, let last = page.entries.last else { return }
            start = Key(last.key.bytes + [0])
        }
    }

    /// Some neighbours of a table.
    private struct Page {
        var entries: [(key: Key, value: Bytes)] = []
        var byteCount = 0
        var hasMore = false
    }

    private func page(from start: Key, table: UInt8) throws(BlockStoreError) -> Page {
        do throws(DatabaseError) {
            return try meta.holder.read { database throws(DatabaseError) in
                var page = Page()
                let iterator = try Iterator(database)
                iterator.seek(start)
                while iterator.isValid {
                    let key = iterator.key
                    guard key.bytes.first == table else { break }
                    guard page.byteCount < Limits.pageBytesMax else {
                        page.hasMore = true
                        break
                    }
                    let value = iterator.value
                    page.entries.append((key, value))
                    page.byteCount += MemoryCost.entry(key, value)
                    iterator.next()
                }
                try iterator.check()
                return page
            }
        } catch {
            throw Self.metaError(error)
        }
    }

    // MARK: one block

    private func read(
        _ multihash: Multihash, _ ticket: BlockCache.Ticket, _ reserve: (Int) -> Bool
    ) throws(BlockStoreError) -> ReservedRead {
        let entry: IndexEntry
        switch log.state.withLock({ $0.find(multihash) }) {
        case .block(let block, _):
            return reserve(block.bytes.count) ? .found(block.bytes) : .notReserved
        case .inLog(let found): entry = found
        case nil:
            try refuseQuarantined(multihash)
            guard let found = try indexEntry(multihash) else { return .absent }
            entry = found
        }
        guard reserve(entry.byteCount) else { return .notReserved }
        return try read(multihash, entry, ticket).map(ReservedRead.found) ?? .absent
    }

    private func read(
        _ multihash: Multihash, _ entry: IndexEntry, _ ticket: BlockCache.Ticket
    ) throws(BlockStoreError) -> Bytes? {
        let value: Bytes?
        do throws(DatabaseError) {
            value = try log.holder.read { database throws(DatabaseError) in
                try database.value(for: Key(sequence: entry.sequence))
            }
        } catch {
            throw readError(error, multihash, entry)
        }
        guard let value else { return try missing(multihash, entry) }
        guard let stored = try? StoredValue(decoding: value), stored.multihash == multihash,
            stored.bytes.count == entry.byteCount
        else { throw damage(.wrongValue, multihash, entry) }
        guard stored.isIntact else { throw damage(.checksum, multihash, entry) }
        cache.insert(stored.bytes, ticket)
        return stored.bytes
    }

    /// The index points at nothing: it was deleted just now, or the log has lost it.
    private func missing(
        _ multihash: Multihash, _ entry: IndexEntry
    ) throws(BlockStoreError) -> Bytes? {
        guard try indexEntry(multihash) == entry else { return nil }
        throw damage(.wrongValue, multihash, entry)
    }

    /// Looks a block up in the index on disk.
    func indexEntry(_ multihash: Multihash) throws(BlockStoreError) -> IndexEntry? {
        let value: Bytes?
        do throws(DatabaseError) {
            value = try meta.holder.read { database throws(DatabaseError) in
                try database.value(for: MetaKey.index(multihash))
            }
        } catch {
            throw Self.metaError(error)
        }
        guard let value else { return nil }
        guard let entry = IndexEntry(decoding: value) else {
            throw Self.damagedIndex("a damaged entry")
        }
        return entry
    }

    // MARK: damage

    private func refuseQuarantined(_ multihash: Multihash) throws(BlockStoreError) {
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
        do throws(DatabaseError) {
            return try meta.holder.read { database throws(DatabaseError) in
                try database.value(for: MetaKey.quarantine(multihash)) != nil
            }
        } catch {
            throw Self.metaError(error)
        }
    }

    private func readError(
        _ error: DatabaseError, _ multihash: Multihash, _ entry: IndexEntry
    ) -> BlockStoreError {
        switch error.kind {
        case .closed: return .closed
        case .corruption: return damage(.checksum, multihash, entry)
        default:
            if error.isDeviceError { _ = damage(.unreadable, multihash, entry) }
            return BlockStoreError(
                .readError, "a block could not be read: \(error.message); check the disk",
                multihash: multihash)
        }
    }

    /// Puts a block into quarantine: it is not served again until it has been stored again.
    private func damage(
        _ reason: QuarantineRecord.Reason, _ multihash: Multihash, _ entry: IndexEntry
    ) -> BlockStoreError {
        let record = QuarantineRecord(
            reason: reason, sequence: entry.sequence, noticed: options.now())
        // Beyond the table in memory the record on disk tells whether it is new.
        let isKnown = (try? isQuarantined(multihash)) ?? false
        if !isKnown, quarantine.insert(multihash) {
            cache.remove(multihash)
            meta.writeLater([.put(MetaKey.quarantine(multihash), record.encode())])
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
        case .corruption: damagedIndex(error.message)
        default:
            BlockStoreError(.readError, "meta/ could not be read: \(error.message); check the disk")
        }
    }

    static func damagedIndex(_ what: String) -> BlockStoreError {
        BlockStoreError(
            .corrupt,
            "meta/ is damaged (\(what)): stop the node, check the disk, restore meta/ from a backup"
        )
    }
}

/// What became of a read for which memory had to be found.
package enum ReservedRead: Sendable {
    case found(Bytes)
    case absent
    /// The caller did not get the memory.
    case notReserved
}

extension LogState.Found {
    /// What the table knows about the block.
    var entry: IndexEntry {
        switch self {
        case .block(_, let entry), .inLog(let entry): entry
        }
    }
}
