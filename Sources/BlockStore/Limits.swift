/// The limits of this module, together with the relations between them.
package enum Limits {
    /// Bytes of one block. Larger than any that Kubo makes or a peer accepts (2 MiB).
    package static let blockBytesMax = 32 << 20
    /// Bytes of payload that one write to `blocks/` carries; a single larger block goes alone.
    package static let batchBytesMax = 8 << 20
    /// Blocks that one write to `blocks/` carries.
    package static let batchCountMax = 8192
    /// Bytes of payload that wait for the writer lane.
    package static let queueBytesMax = 12 << 20
    /// Blocks that wait for the writer lane.
    package static let queueCountMax = 16_384
    /// Entries of the index that are in memory only. When it is full, appends wait.
    package static let tableCountMax = 65_536
    /// Index entries that one write to `meta/` carries; so many waiting entries are written at once.
    package static let indexBatchCountMax = 4096
    /// Changes that wait for the lane of `meta/`.
    package static let changeCountMax = 4096
    /// Failures that are remembered for those who still wait for blocks of that time.
    package static let failureCountMax = 64
    /// Entries that a walk over a table reads before it lets its iterator go.
    package static let pageCountMax = 1024
    /// Quarantined blocks kept in memory; beyond it the store asks for a repair.
    package static let quarantineCountMax = 100_000
    /// Bytes of a pin's name; longer ones are refused above.
    package static let pinNameBytesMax = 4096
    /// Bytes that may be written before free space is asked for again.
    package static let freeSpaceStepBytes = 8 << 20

    /// To be called once at open: the relations that the code relies on.
    static func check() {
        precondition(batchBytesMax <= queueBytesMax, "a full batch must fit into the queue")
        precondition(batchCountMax <= queueCountMax, "a full batch must fit into the queue")
        precondition(queueCountMax < tableCountMax, "the table also holds what is queued")
        precondition(indexBatchCountMax <= tableCountMax, "a full index batch must fit")
    }
}
