import Buffers
package import Multiformats
import Vault

/// A value of the log as somebody has found it, to be compared with the index.
package struct BlockCheck: Hashable, Sendable {
    /// Where it is.
    package let sequence: UInt64
    /// What it says it is.
    package let multihash: Multihash
    /// Bytes of the block.
    package let byteCount: Int
    /// Whether its bytes are those that were written, and have the hash that they are stored under.
    package let isWhole: Bool

    init(sequence: UInt64, multihash: Multihash, byteCount: Int, isWhole: Bool) {
        self.sequence = sequence
        self.multihash = multihash
        self.byteCount = byteCount
        self.isWhole = isWhole
    }

    /// Looks at a value.
    ///
    /// - Parameter item: with its bytes.
    /// - Complexity: hashes the block.
    package init(_ item: LogPage.Item) {
        sequence = item.sequence
        // Not a slice of the page, which is gone when this is looked at.
        multihash = item.multihash.compacted()
        byteCount = item.byteCount
        isWhole = item.isIntact && item.bytes.map { item.multihash.fits($0) } ?? true
    }
}

/// What has come of checks.
package struct BlockFindings: Hashable, Sendable {
    /// The block is as it was written.
    package var wholeCount = 0
    /// It was damaged at two looks: it is in quarantine.
    package var damagedCount = 0
    /// It was in quarantine, and is whole: it is served again.
    package var freedCount = 0
    /// The disk did not give it at the second look.
    package var unreadableCount = 0
    /// The index does not point at the value: the block was deleted, or stored again.
    package var garbageCount = 0

    /// Nothing.
    package init() {}

    /// Those that the index points at.
    var pointedAtCount: Int { wholeCount + damagedCount + freedCount + unreadableCount }

    mutating func add(_ other: BlockFindings) {
        wholeCount += other.wholeCount
        damagedCount += other.damagedCount
        freedCount += other.freedCount
        unreadableCount += other.unreadableCount
        garbageCount += other.garbageCount
    }
}

extension Multihash {
    /// Whether bytes have this hash; true where there is no such function to tell.
    func fits(_ bytes: Bytes) -> Bool {
        guard let function = try? HashFunction(code: code) else { return true }
        return function.verify(bytes, against: self)
    }
}
