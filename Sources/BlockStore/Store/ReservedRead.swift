package import Buffers

/// What became of a read for which memory had to be found.
package enum ReservedRead: Sendable {
    case found(Bytes)
    case absent
    /// The caller did not get the memory.
    case notReserved
}
