/// Figures of a store, all known without counting.
package struct BlockStoreStatistics: Hashable, Sendable {
    /// Blocks that are stored.
    package let blockCount: Int
    /// Their bytes, without keys and headers.
    package let byteCount: Int
    /// Blocks that failed a check and are not served.
    package let quarantinedCount: Int
    /// Free bytes of the disk, the reserve included; nil when the system does not tell.
    package let freeByteCount: Int?
    /// The last number that the log gave out.
    package let lastSequence: UInt64
    /// The last number whose index entry is on disk.
    package let indexedSequence: UInt64
}
