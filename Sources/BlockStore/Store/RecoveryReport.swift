/// What opening a store had to do.
package struct RecoveryReport: Hashable, Sendable {
    /// Blocks that were in the log but not yet in the index.
    package var indexedBlockCount = 0
    /// Whether the whole log was compared with the index.
    package var didCheckEverything = false
    /// Index entries whose block the log does not have; they are quarantined, or dropped after an
    /// unclean stop of a store that does not sync.
    package var lostBlockCount = 0
    /// Rows of tables that were in the log but not yet in `meta/`.
    package var recoveredRowCount = 0
    /// Rows of tables whose entry the log lacked, and that were written into it anew.
    package var rewrittenRowCount = 0
    /// Rows of tables that the log did not have, and that are gone.
    package var droppedRowCount = 0
    /// Values of the log that could not be read.
    package var damagedValueCount = 0
    /// Quarantined blocks that were found whole, and are served again.
    package var releasedBlockCount = 0

    /// Nothing had to be done.
    package init() {}
}
