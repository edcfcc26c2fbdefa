import Buffers

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
}

/// Entries of `meta/` as they are on disk, in the order of the walk.
struct MetaEntries {
    var entries: [(key: Key, value: Bytes)] = []
    /// Whether there are more behind them.
    var hasMore = false
}

extension BlockStore {
    /// Some neighbours of `meta/`, as they are at one moment. No iterator lives when it returns.
    func entries(_ range: MetaRange) throws(BlockStoreError) -> MetaEntries {
        do throws(DatabaseError) {
            return try meta.holder.read { database throws(DatabaseError) in
                try MetaWalk(database, range).run()
            }
        } catch {
            throw Self.metaError(error)
        }
    }
}

/// One walk over neighbours, in either direction.
private struct MetaWalk {
    private let iterator: any DatabaseIterator
    private let range: MetaRange

    init(_ database: any Database, _ range: MetaRange) throws(DatabaseError) {
        self.range = range
        iterator = try database.makeIterator()
        if range.isBackward { seekBackward() } else { seekForward() }
    }

    private func seekForward() {
        iterator.seek(range.start ?? Key(range.prefix))
        if iterator.isValid, iterator.key == range.start { iterator.next() }
    }

    private func seekBackward() {
        // The first key behind the rows, or the row itself: what comes before it is wanted.
        let end = range.start ?? Key.end(ofPrefix: range.prefix)
        if let end { iterator.seek(end) }
        if end != nil, iterator.isValid { iterator.previous() } else { iterator.seekToLast() }
    }

    func run() throws(DatabaseError) -> MetaEntries {
        var found = MetaEntries()
        var byteCount = 0
        while iterator.isValid {
            let key = iterator.key
            guard key.bytes.starts(with: range.prefix) else { break }
            guard byteCount < range.byteLimit, found.entries.count < range.countLimit else {
                found.hasMore = true
                break
            }
            let value = iterator.value
            found.entries.append((key, value))
            byteCount += MemoryCost.entry(key, value)
            if range.isBackward { iterator.previous() } else { iterator.next() }
        }
        try iterator.check()
        return found
    }
}

extension Key {
    /// The first key behind all that begin with some bytes; nil where there is none.
    static func end(ofPrefix prefix: [UInt8]) -> Key? {
        guard let last = prefix.lastIndex(where: { $0 != 0xFF }) else { return nil }
        return Key(prefix[..<last] + [prefix[last] + 1])
    }
}
