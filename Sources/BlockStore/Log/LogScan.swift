import Buffers
import Multiformats

/// Walks over the log in the order of its numbers.
struct LogScan {
    let database: any Database

    init(_ database: any Database) { self.database = database }

    /// One value of the log: a block without its bytes, or a row.
    enum Item {
        case block(Multihash, IndexEntry)
        case row(UInt64, StoredRow)

        /// Its number.
        var sequence: UInt64 {
            switch self {
            case .block(_, let entry): entry.sequence
            case .row(let sequence, _): sequence
            }
        }
    }

    /// The last number in the log, 0 if it is empty.
    func lastSequence() throws -> UInt64 {
        let iterator = try database.makeIterator()
        iterator.seekToLast()
        guard iterator.isValid else {
            try iterator.check()
            return 0
        }
        // A damaged end is passed over: what comes before it is not the last.
        try iterator.check()
        guard let sequence = iterator.key.sequence, sequence <= Limits.sequenceMax else {
            throw BlockStoreError(
                .corrupt,
                "blocks/ ends with a key that is no number of a block: check the disk, then restore "
                    + "blocks/ from a replica or a backup")
        }
        return sequence
    }

    /// The first number above another one; 1 + that one if there is none.
    func firstSequence(above sequence: UInt64) throws(DatabaseError) -> UInt64 {
        let iterator = try database.makeIterator()
        iterator.seek(Key(sequence: sequence + 1))
        guard iterator.isValid, let first = iterator.key.sequence else {
            try iterator.check()
            return sequence + 1
        }
        return first
    }

    /// Everything above a number. For a part that is known to be short.
    func tail(above sequence: UInt64) throws -> [Item] {
        var result: [Item] = []
        _ = try forEach(above: sequence) { result.append($0) }
        return result
    }

    /// What a walk could not read.
    struct Gaps: Equatable {
        /// Values that are not values of the log.
        var damagedCount = 0
        /// What LevelDB said at the end, if it left anything out.
        var message: String?
    }

    /// Shows every value above a number.
    ///
    /// - Parameters:
    ///   - sequence: the walk begins behind it.
    ///   - last: the walk ends with it.
    ///   - body: called in order.
    /// - Returns: what could not be read and was passed over.
    /// - Throws: for values of a later version, for what the disk does not give, and what the body throws.
    func forEach(
        above sequence: UInt64, through last: UInt64 = .max, _ body: (Item) throws -> Void
    ) throws -> Gaps {
        var gaps = Gaps()
        let iterator = try database.makeIterator()
        iterator.seek(Key(sequence: sequence + 1))
        while iterator.isValid, iterator.key.sequence ?? 0 <= last {
            if let item = try item(iterator) { try body(item) } else { gaps.damagedCount += 1 }
            iterator.next()
        }
        gaps.message = try iterator.corruption()
        return gaps
    }

    /// The item under an iterator; nil if it is damaged.
    private func item(_ iterator: any DatabaseIterator) throws -> Item? {
        guard let sequence = iterator.key.sequence else { return nil }
        let (head, count) = iterator.withValue { span in
            (Bytes(copying: span.extracting(first: 512)), span.byteCount)
        }
        do {
            if StoredRow.isRow(head) {
                guard count <= Limits.storedRowBytesMax else { return nil }
                return .row(sequence, try StoredRow(decoding: iterator.value))
            }
            let value = try StoredValue(decoding: head)
            let headerCount = head.count - value.bytes.count
            let entry = IndexEntry(
                sequence: sequence, byteCount: count - headerCount, flags: value.flags)
            guard entry.byteCount <= Limits.blockBytesMax,
                BlockStore.canBeStored(value.multihash)
            else { return nil }
            return .block(value.multihash, entry)
        } catch StoredValueError.newerFormat {
            throw BlockStoreError(
                .newerVersion,
                "blocks/ holds an entry of a later version of Holdfast: install that version")
        } catch {
            return nil
        }
    }
}
