/// Whether the store takes writes.
package enum BlockStoreHealth: Sendable {
    /// Reads and writes work.
    case writable
    /// A write failed: reads go on, writes are refused until the database has been reopened, which
    /// the store tries by itself. The error says what is wrong and what to do.
    case readOnly(BlockStoreError)
    /// The store is closed.
    case closed
}
