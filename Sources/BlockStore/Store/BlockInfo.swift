/// What the index knows about a block without reading it.
package struct BlockInfo: Hashable, Sendable {
    /// Length of the block in bytes.
    package let byteCount: Int
    /// Its number in the log; rises in the order of arrival, and is never used again. Nil for what
    /// is in no log: the content of an identity CID, and a block on its way there.
    package let sequence: UInt64?
    /// Whether it is known to have no links.
    package let hasNoLinks: Bool

    package init(byteCount: Int, sequence: UInt64?, hasNoLinks: Bool) {
        self.byteCount = byteCount
        self.sequence = sequence
        self.hasNoLinks = hasNoLinks
    }
}
