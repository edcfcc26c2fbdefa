package import Buffers
package import Multiformats

/// Some neighbours of the log, in the order of their numbers: what a follower works on at once.
///
/// Everything up to `through` is in it, or told as a gap, or was deleted.
package struct LogPage: Sendable {
    /// The page begins behind this number.
    package let after: UInt64
    /// The blocks that could be read.
    package private(set) var items: [Item] = []
    /// The rows of tables that could be read, and are as they were written.
    package private(set) var rows: [Row] = []
    /// What could not be read.
    package private(set) var gaps: [Gap] = []
    /// The page ends with this number, whether the log has it or not: the next page begins behind it.
    package private(set) var through: UInt64
    /// The last number that was durable when the page was read.
    package let last: UInt64
    /// Bytes of the values that were read, with what the list takes around them.
    package private(set) var byteCount = 0

    /// An empty page.
    ///
    /// - Parameters:
    ///   - sequence: it begins behind this number.
    ///   - last: the last number that is durable.
    init(above sequence: UInt64, last: UInt64) {
        after = sequence
        through = sequence
        self.last = last
    }

    /// Whether durable numbers follow that were not looked at.
    package var hasMore: Bool { through < last }

    /// One value of the log.
    package struct Item: Sendable {
        /// Its number.
        package let sequence: UInt64
        /// Bytes of the block.
        package let byteCount: Int
        /// The value; its head alone where the bytes were not asked for.
        let value: StoredValue
        /// Whether the bytes were asked for.
        let hasBytes: Bool

        /// What the block is found by.
        package var multihash: Multihash { value.multihash }
        /// What it was read or made as.
        package var codec: Multicodec { value.codec }
        /// What is known about it.
        package var flags: BlockFlags { value.flags }
        /// The block, as the disk gave it; nil where the bytes were not asked for.
        package var bytes: Bytes? { hasBytes ? value.bytes : nil }

        /// Whether the bytes are those that were written; true also where they were not asked for.
        ///
        /// - Complexity: goes over the whole block.
        package var isIntact: Bool { !hasBytes || value.isIntact }
    }

    /// One entry of the log that is a row of a table, without what stands in it.
    package struct Row: Hashable, Sendable {
        /// Its number.
        package let sequence: UInt64
        /// Where it is in `meta/`.
        package let key: Key
        /// Whether the entry says that the row was removed.
        package let isRemoval: Bool

        package init(sequence: UInt64, key: Key, isRemoval: Bool) {
            self.sequence = sequence
            self.key = key
            self.isRemoval = isRemoval
        }
    }

    /// Numbers whose values could not be read, if they have any.
    package struct Gap: Hashable, Sendable {
        /// Why.
        package enum Reason: Sendable {
            /// The disk gave something that is no value of the log.
            case damaged
            /// The disk gave nothing.
            case unreadable
        }

        /// The numbers; none where a key that is no number stands behind `lowerBound`.
        package let numbers: Range<UInt64>
        /// Why.
        package let reason: Reason
        /// What was said about the first of them.
        package let message: String
    }

    // MARK: filling

    /// How often something could not be read, also where it is one gap.
    private var gapCount = 0

    /// What a value takes of the limit of a page.
    static func cost(_ byteCount: Int) -> Int { byteCount + MemoryCost.element(Item.self) }

    /// Whether a value fits; a single one always does.
    func holds(_ byteCount: Int, limit: Int) -> Bool {
        self.byteCount == 0 || self.byteCount + Self.cost(byteCount) <= limit
    }

    /// Whether no further value is to be looked at.
    func isFull(limit: Int) -> Bool {
        byteCount >= limit || items.count + rows.count + gapCount >= Limits.logPageCountMax
    }

    mutating func append(_ item: Item, costing valueByteCount: Int) {
        items.append(item)
        byteCount += Self.cost(valueByteCount)
        through = item.sequence
    }

    mutating func append(_ row: Row, costing valueByteCount: Int) {
        rows.append(row)
        byteCount += Self.cost(valueByteCount)
        through = row.sequence
    }

    /// Tells that numbers could not be read; neighbours of one reason are one gap.
    ///
    /// - Parameter valueByteCount: bytes that were read for that, which count as those of values do.
    mutating func appendGap(
        _ numbers: Range<UInt64>, _ reason: Gap.Reason, _ message: String,
        costing valueByteCount: Int = 0
    ) {
        gapCount += 1
        byteCount += valueByteCount
        var gap = Gap(numbers: numbers, reason: reason, message: message)
        if let before = gaps.last, before.numbers.upperBound == numbers.lowerBound,
            before.reason == reason, !before.numbers.isEmpty
        {
            gap = Gap(
                numbers: before.numbers.lowerBound..<numbers.upperBound, reason: reason,
                message: before.message)
            gaps.removeLast()
        }
        gaps.append(gap)
        if !numbers.isEmpty { through = numbers.upperBound - 1 }
    }

    /// Tells that the log has nothing up to a number.
    mutating func pass(through sequence: UInt64) { through = max(through, sequence) }
}
