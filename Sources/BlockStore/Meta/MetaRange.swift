import Buffers
import Execution

/// Which neighbours of `meta/` a walk shows.
struct MetaRange {
    /// What their keys begin with.
    var prefix: [UInt8]
    /// The walk begins behind this key, which need not be there; nil for the begin.
    var start: Key?
    /// Whether it goes towards smaller keys.
    var isBackward = false
    /// Bytes of entries, as they are in memory, after which it ends.
    var byteLimit = Limits.pageBytesMax
    /// Entries after which it ends.
    var countLimit = Int.max

    /// Whether the walk comes to a key before another one.
    func isBefore(_ key: Key, _ other: Key) -> Bool {
        isBackward
            ? other.bytes.lexicographicallyPrecedes(key.bytes)
            : key.bytes.lexicographicallyPrecedes(other.bytes)
    }

    /// Whether the walk shows a key, as far as its limits let it.
    func contains(_ key: Key) -> Bool {
        guard key.bytes.starts(with: prefix) else { return false }
        return start.map { isBefore($0, key) } ?? true
    }
}

/// Entries of `meta/` as they are on disk, in the order of the walk.
struct MetaEntries {
    var entries: [(key: Key, value: Bytes)] = []
    /// Whether there are more behind them.
    var hasMore = false
}

extension BlockStore {
    /// Some neighbours of `meta/`, as they are on disk at one moment. No iterator lives when it returns.
    func entries(_ range: MetaRange) throws(BlockStoreError) -> MetaEntries {
        do throws(DatabaseError) {
            return try meta.holder.read { database throws(DatabaseError) in
                var walk = MetaWalk(try database.makeIterator(), range, over: [:])
                return try walk.run()
            }
        } catch {
            throw Self.metaError(error)
        }
    }

    /// Some neighbours of a table as they are at one moment, those included that `meta/` does not have yet.
    func rows(_ range: MetaRange) throws(BlockStoreError) -> MetaEntries {
        for _ in 0..<Limits.pageAttemptsMax {
            if let found = try rowsAtOnce(range) { return found }
        }
        throw BlockStoreError(
            .readError, "rows of a table are written to meta/ all the time: try again")
    }

    /// - Returns: nil where rows have gone over to `meta/` between the looks at that and at the others: they
    ///   would be in neither.
    private func rowsAtOnce(_ range: MetaRange) throws(BlockStoreError) -> MetaEntries? {
        do throws(DatabaseError) {
            return try meta.holder.read { database throws(DatabaseError) in
                let before = log.state.withLock { $0.rows.settledCount }
                let iterator = try database.makeIterator()
                let rows = log.state.withLock { state in
                    state.rows.settledCount == before ? state.rows.visible : nil
                }
                guard let rows else { return nil }
                var walk = MetaWalk(iterator, range, over: rows)
                return try walk.run()
            }
        } catch {
            throw Self.metaError(error)
        }
    }
}

extension Key {
    /// The first key behind all that begin with some bytes; nil where there is none.
    static func end(ofPrefix prefix: [UInt8]) -> Key? {
        guard let last = prefix.lastIndex(where: { $0 != 0xFF }) else { return nil }
        return Key(prefix[..<last] + [prefix[last] + 1])
    }
}
