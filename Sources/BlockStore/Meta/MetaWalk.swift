import Buffers

/// One walk over neighbours of `meta/`, in either direction, with rows that are not there yet in their places.
struct MetaWalk {
    private let iterator: any DatabaseIterator
    private let range: MetaRange
    /// Where the iterator is; nil behind the last of the neighbours.
    private var stored: Key?
    /// What comes in front of what is stored, in the order of the walk.
    private var rows: ArraySlice<(key: Key, value: RowVersion)>

    /// - Parameters:
    ///   - iterator: at its beginning.
    ///   - rows: what is shown instead of what is stored; removed ones are not shown.
    init(_ iterator: any DatabaseIterator, _ range: MetaRange, over rows: [Key: RowVersion]) {
        self.iterator = iterator
        self.range = range
        self.rows =
            rows.filter { range.contains($0.key) }
            .sorted { range.isBefore($0.key, $1.key) }[...]
        if range.isBackward { seekBackward() } else { seekForward() }
        look()
    }

    /// A walk may begin before the first of the neighbours, or behind the last.
    private func seekForward() {
        let first = Key(range.prefix)
        let start = range.start.flatMap { range.isBefore($0, first) ? nil : $0 }
        iterator.seek(start ?? first)
        if iterator.isValid, iterator.key == start { iterator.next() }
    }

    private func seekBackward() {
        // The first key behind the neighbours, or one of them: what comes before it is wanted.
        let last = Key.end(ofPrefix: range.prefix)
        let start = range.start.flatMap { start in
            last.map { range.isBefore(start, $0) } == true ? nil : start
        }
        let end = start ?? last
        if let end { iterator.seek(end) }
        if end != nil, iterator.isValid { iterator.previous() } else { iterator.seekToLast() }
    }

    /// Walks until the limits of the range.
    mutating func run() throws(DatabaseError) -> MetaEntries {
        var found = MetaEntries()
        var byteCount = 0
        while let (key, value) = next() {
            guard byteCount < range.byteLimit, found.entries.count < range.countLimit else {
                found.hasMore = true
                break
            }
            found.entries.append((key, value))
            byteCount += MemoryCost.entry(key, value)
        }
        try iterator.check()
        return found
    }

    private mutating func next() -> (key: Key, value: Bytes)? {
        while let row = rows.first {
            if let stored, range.isBefore(stored, row.key) { break }
            rows.removeFirst()
            if stored == row.key { step() }
            guard let record = row.value.record else { continue }
            return (row.key, MetaRow(sequence: row.value.sequence, record: record).encode())
        }
        guard let stored else { return nil }
        defer { step() }
        return (stored, iterator.value)
    }

    private mutating func step() {
        if range.isBackward { iterator.previous() } else { iterator.next() }
        look()
    }

    private mutating func look() {
        guard iterator.isValid else { return stored = nil }
        let key = iterator.key
        stored = key.bytes.starts(with: range.prefix) ? key : nil
    }
}
