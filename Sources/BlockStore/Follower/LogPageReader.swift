import Buffers
import Multiformats

/// Reads one page of the log.
///
/// LevelDB passes over what is damaged, or what the disk does not give, and says so once, for all of a walk.
/// So it is asked behind each step. Where it says something, the page ends; the next one begins there and
/// reads number by number, which gives what lies beside the damage, and the damaged value itself: LevelDB's
/// checksum is of a walk, not of one read, and the value has its own.
struct LogPageReader {
    private let database: any Database
    private let byteLimit: Int
    private let withBytes: Bool
    private var page: LogPage

    /// - Parameters:
    ///   - last: the last number that may be read.
    ///   - withBytes: whether the page gets the bytes of the blocks, too.
    init(
        _ database: any Database, above sequence: UInt64, last: UInt64, byteLimit: Int,
        withBytes: Bool
    ) {
        self.database = database
        self.byteLimit = byteLimit
        self.withBytes = withBytes
        page = LogPage(above: sequence, last: last)
    }

    /// Reads it.
    ///
    /// - Throws: where the database is not open.
    mutating func read() throws(DatabaseError) -> LogPage {
        guard page.hasMore else { return page }
        // What damage there is lies before `next`.
        guard let (next, error) = try walk() else { return page }
        if page.through == page.after { try probe(upTo: next, error) }
        return page
    }

    /// Takes what an iterator shows, which ends with this.
    ///
    /// - Returns: the first error of the walk, and the number that the iterator stood on behind it.
    private mutating func walk() throws(DatabaseError) -> (next: UInt64, DatabaseError)? {
        let iterator = try database.makeIterator()
        iterator.seek(Key(sequence: page.through + 1))
        while true {
            let isAtValue = iterator.isValid
            let key = isAtValue ? iterator.key : nil
            let isBehind = key?.sequence.map { $0 > page.last } ?? !isAtValue
            do throws(DatabaseError) {
                try iterator.check()
            } catch {
                let next = isBehind ? page.last + 1 : key?.sequence ?? page.through + 1
                return (next, try Self.tellable(error))
            }
            guard !isBehind, let key else {
                page.pass(through: page.last)
                return nil
            }
            if let sequence = key.sequence {
                guard takeValue(of: iterator, sequence) else { return nil }
            } else {
                let place = page.through + 1
                page.appendGap(place..<place, .damaged, "a key that is no number of a block")
            }
            guard !page.isFull(limit: byteLimit) else { return nil }
            iterator.next()
        }
    }

    /// - Returns: false where the value does not fit.
    private mutating func takeValue(of iterator: any DatabaseIterator, _ sequence: UInt64) -> Bool {
        let (value, byteCount) = iterator.withValue { span -> (Bytes?, Int) in
            let byteCount = span.byteCount
            guard page.holds(byteCount, limit: byteLimit) else { return (nil, byteCount) }
            let isCopied = withBytes && byteCount <= Limits.storedValueBytesMax
            let part = isCopied ? span : span.extracting(first: Limits.storedHeaderBytesMax)
            let value = Bytes(copying: part)
            // What stands in it is a part of what is checked.
            guard StoredRow.isRow(value), value.count < byteCount,
                byteCount <= Limits.storedRowBytesMax
            else { return (value, byteCount) }
            return (Bytes(copying: span), byteCount)
        }
        guard let value else {
            page.pass(through: sequence - 1)
            return false
        }
        take(value, byteCount, sequence)
        return true
    }

    /// Takes a value, or tells that it is none.
    private mutating func take(_ value: Bytes, _ byteCount: Int, _ sequence: UInt64) {
        do {
            if StoredRow.isRow(value) { return try takeRow(value, byteCount, sequence) }
            let stored = try StoredValue(decoding: value)
            let blockByteCount = byteCount - (value.count - stored.bytes.count)
            guard blockByteCount <= Limits.blockBytesMax,
                BlockStore.canBeStored(stored.multihash)
            else { throw StoredValueError.damaged }
            page.append(
                LogPage.Item(
                    sequence: sequence, byteCount: blockByteCount, value: stored,
                    hasBytes: withBytes),
                costing: byteCount)
        } catch {
            let message =
                error as? StoredValueError == .newerFormat
                ? "a value of a later version, or a damaged one" : "no value of the log"
            page.appendGap(sequence..<sequence + 1, .damaged, message, costing: byteCount)
        }
    }

    private mutating func takeRow(
        _ value: Bytes, _ byteCount: Int, _ sequence: UInt64
    ) throws(StoredValueError) {
        let row = try StoredRow(decoding: value)
        page.append(
            LogPage.Row(sequence: sequence, key: row.key, isRemoval: row.record == nil),
            costing: byteCount)
    }

    // MARK: beside damage

    /// Looks at single numbers, also behind the damage, and tells what cannot be read. A table that
    /// cannot be opened spoils every walk: pages of one number would be as many as the log has.
    ///
    /// - Parameters:
    ///   - next: where a walk has gone on.
    ///   - error: what the walk said.
    private mutating func probe(
        upTo next: UInt64, _ error: DatabaseError
    ) throws(DatabaseError) {
        let first = page.through + 1
        let end = min(page.last, first + (Limits.logProbeCountMax - 1)) + 1
        for sequence in first..<end {
            guard try probe(sequence) else { return }
        }
        if end < next { page.appendGap(end..<next, Self.reason(error), error.message) }
    }

    /// - Returns: false where the page is full.
    private mutating func probe(_ sequence: UInt64) throws(DatabaseError) -> Bool {
        guard !page.isFull(limit: byteLimit) else { return false }
        let value: Bytes?
        do throws(DatabaseError) {
            value = try database.value(for: Key(sequence: sequence))
        } catch {
            let error = try Self.tellable(error)
            page.appendGap(sequence..<sequence + 1, Self.reason(error), error.message)
            return true
        }
        guard let value else {
            page.pass(through: sequence)
            return true
        }
        guard page.holds(value.count, limit: byteLimit) else { return false }
        let limit =
            withBytes
            ? Limits.storedValueBytesMax
            : StoredRow.isRow(value) ? Limits.storedRowBytesMax : 0
        let isKept = value.count <= limit
        take(
            isKept ? value : Bytes(value.prefix(Limits.storedHeaderBytesMax).array), value.count,
            sequence)
        return true
    }

    private static func reason(_ error: DatabaseError) -> LogPage.Gap.Reason {
        error.kind == .corruption ? .damaged : .unreadable
    }

    /// An error that is of the place in the log; others are thrown.
    private static func tellable(_ error: DatabaseError) throws(DatabaseError) -> DatabaseError {
        switch error.kind {
        case .corruption, .inputOutput: return error
        default: throw error
        }
    }
}
