/// The limits of this module, together with the relations between them.
///
/// What is counted in bytes is counted with what its table or list takes around it (`MemoryCost`).
package enum Limits {
    /// Bytes of one block. Larger than any that Kubo makes or a peer accepts (2 MiB).
    package static let blockBytesMax = 32 << 20
    /// Bytes of the digest that a block is stored under or a root is pinned by; no function of
    /// `Vault` makes a longer one. Blocks of longer digests, and of identity, are never looked up.
    package static let digestBytesMax = 128
    /// Bytes of payload that one write to `blocks/` carries; a single larger block goes alone.
    package static let batchBytesMax = 8 << 20
    /// Blocks that one write to `blocks/` carries.
    package static let batchCountMax = 8192
    /// Bytes of a batch that keeps its memory for the next one.
    package static let keptBatchBytesMax = batchBytesMax + (2 << 20)
    /// Bytes of the space in which a value is put together that stay for the next value.
    package static let keptScratchBytesMax = 4 << 20
    /// Bytes of a memtable of `blocks/` while the process is short of memory; a batch more, at its end.
    package static let shortMemtableBytesMax = 8 << 20
    /// Bytes of blocks that wait for the writer lane or are being written: one batch on its way to
    /// the disk and more than another one behind it. A single larger block goes alone.
    package static let queueBytesMax = 20 << 20
    /// A block up to this size gets memory of its own before it waits; a larger one may share that
    /// of the piece that it arrived in.
    package static let copiedBlockBytesMax = 64 << 10
    /// Bytes of the index that are in memory only. When it is full, appends wait.
    package static let tableBytesMax = 12 << 20
    /// Bytes of rows that are on their way to the log, or in it and not in `meta/` yet. When it is full,
    /// changes wait.
    package static let rowTableBytesMax = 8 << 20
    /// Bytes of the key of a row, with the letter of its table.
    package static let rowKeyBytesMax = 512
    /// Bytes of what stands in a row.
    package static let rowBytesMax = 1 << 20
    /// Bytes of the rows of one change, with what they take around them: they are one write.
    package static let rowChangeBytesMax = 4 << 20
    /// Entries of removed rows that `meta/` knows, and that wait to leave the log: 512 KiB. Further ones stay
    /// there until the scrubber meets them.
    package static let removalCountMax = 32 << 10
    /// How often a page of rows is begun anew because rows went over to `meta/` just then.
    static let pageAttemptsMax = 100
    /// Index entries that one write to `meta/` carries; so many waiting entries are written at once.
    /// At `digestBytesMax` they are less than 1.5 MiB.
    package static let indexBatchCountMax = 4096
    /// Blocks that one write to `meta/` takes out of the index. Who stores one of them, or pins, waits for
    /// that write: some milliseconds.
    package static let deletionBatchCountMax = 2048
    /// Bytes of deletions that the log has not carried out yet. When it is full, deletions wait.
    package static let deletionBytesMax = 1 << 20
    /// Bytes of changes that wait for the lane of `meta/`. When it is full, changes wait.
    package static let changeBytesMax = 4 << 20
    /// Bytes of the changes of rows that one write makes where they may be several; more of them are several
    /// writes.
    package static let tableBatchBytesMax = 1 << 20
    /// Bytes of the keys of rows that are being changed, or wait for that in line. When it is full, changes
    /// wait before the lines, in the order of their coming.
    package static let claimBytesMax = 4 << 20
    /// Bytes of what tells a holder of pins from others of its kind.
    package static let pinHolderBytesMax = 64
    /// Roots of the pins made last that are remembered for those who delete blocks: less than 256 KiB.
    package static let recentPinsMax = 1024
    /// How long a read waits for a block that is just being written and too large to be kept meanwhile.
    static let largeWriteWait: Duration = .seconds(30)
    /// Failures that are remembered for those who still wait for blocks of that time.
    package static let failureCountMax = 64
    /// Bytes that a walk over a table reads before it lets its iterator go.
    package static let pageBytesMax = 64 << 10
    /// Blocks that a shard of the cache counts the requests for before it holds many: 256 KiB.
    package static let sketchEntriesAtStart = 32 << 10
    /// The same at the most, however large the cache is: 32 MiB, of eight shards 256 MiB. They are for
    /// 4 GiB of nodes of 1 KiB in a shard, or 1 TiB of leaves.
    package static let sketchEntriesMax = 4 << 20
    /// Bytes of quarantined blocks' records in memory; further ones are looked up on disk.
    package static let quarantineBytesMax = 4 << 20
    /// Blocks that the disk did not give and that are to be written anew: about 1 MiB.
    package static let unreadableBlocksMax = 4096
    /// Quarantined blocks that are looked at again while a store is opened.
    package static let reviewedAtOpeningMax = 1024
    /// Bytes of the file that says which databases have been repaired.
    static let repairMarkBytesMax = 1024
    /// Findings of damage that are kept; further ones are in the log of the node only.
    package static let damageNotesMax = 100
    /// Bytes of the file that they are kept in.
    package static let damageNotesBytesMax = 100 * 2048
    /// Numbers of the log that a comparison of the log with the index marks at once: 8 MiB of bits.
    package static let comparedCountMax: UInt64 = 1 << 26
    /// The largest number of a block. A log that goes further has been damaged.
    package static let sequenceMax: UInt64 = 1 << 62
    /// Bytes of the index of a table, and of the keys in it, that is looked through for damage: four
    /// times what a table of 64 MiB has with a key for each 4 KiB. A larger one is none of `blocks/`.
    static let tableIndexBytesMax = 2 << 20
    /// How long a table that was found whole is not looked at again, while others are looked for that
    /// keep a database from being written: to read 1 TB takes as long.
    static let wholeTableTrust: Duration = .seconds(3600)
    /// Bytes of what is known of damaged tables that are repaired at once, with one more: 18 of the smallest
    /// blocks, a thousand of blocks of 256 KiB. Others are found when the database cannot be written again.
    static let damagedTablesBytesMax = 8 << 20
    /// Names of damaged tables that a line of the log has.
    static let namedTablesMax = 16
    /// Bytes of a table that are read or copied at once.
    static let tablePieceBytesMax = 1 << 20
    /// Bytes of a block with what stands before it in the log, and of that alone: much more than a header
    /// of the longest digest.
    static let storedValueBytesMax = blockBytesMax + storedHeaderBytesMax
    static let storedHeaderBytesMax = 512
    /// Bytes of a row with what stands before it in the log.
    static let storedRowBytesMax = rowBytesMax + rowKeyBytesMax + 64
    /// Bytes of values that a page of the log is made of; a single larger block makes one alone.
    package static let logPageBytesMax = 8 << 20
    /// Values of a page of the log: so many look-ups in the index, for who compares the two.
    package static let logPageCountMax = 4096
    /// Numbers of the log that are read one by one beside damage, before the rest is told as a gap.
    package static let logProbeCountMax: UInt64 = 4096
    /// Bytes of a follower's own state in its cursor.
    package static let followerStateBytesMax = 64 << 10
    /// Bytes of a follower's name.
    package static let followerNameBytesMax = 32
    /// Bytes of a page in the hands of a follower: an ordinary one, or one with a single large block.
    package static let followerPageBytesMax = 33 << 20
    /// How long a follower waits after an error; twice as long after each further one, up to the longest.
    package static let followerDelayMin: Duration = .seconds(1)
    package static let followerDelayMax: Duration = .seconds(300)
    /// How long a follower reads nothing because the process is short of memory, before it reads a page all the
    /// same.
    package static let followerPatience: Duration = .seconds(600)
    /// How long a follower waits for what it writes.
    package static let followerWriteDuration: Duration = .seconds(60)
    /// Parts of the log that a follower remembers beside its number: 20 KiB of its state.
    static let numberRangesMax = 1024
    /// Parts of the log that a run of the scrubber counts values of: 20 KiB of its state.
    static let censusPartsMax = 1024
    /// How long the scrubber rests before it looks at the clock again, which somebody may have set.
    static let scrubRestMax: Duration = .seconds(3600)
    /// Bytes that may be written before free space is asked for again.
    package static let freeSpaceStepBytes = 8 << 20

    /// To be called once at open: the relations that the code relies on.
    static func check() {
        precondition(batchBytesMax <= queueBytesMax, "a full batch must fit into the queue")
        precondition(batchBytesMax <= keptBatchBytesMax, "a full batch keeps its memory")
        precondition(
            2 * indexBatchCountMax * MemoryCost.tableEntryMax <= tableBytesMax,
            "the table holds a full index batch while another one fills")
        precondition(
            digestBytesMax + 64 <= storedHeaderBytesMax, "the head of a value is read whole")
        precondition(
            storedValueBytesMax + (1 << 16) <= followerPageBytesMax
                && logPageBytesMax <= followerPageBytesMax,
            "a page with the largest value is counted")
        precondition(
            4 * deletionBatchCountMax * MemoryCost.element(MetaChange.self) <= changeBytesMax,
            "deletions leave room for other changes")
        precondition(sketchEntriesAtStart <= sketchEntriesMax, "a sketch only grows")
        precondition(
            tableBatchBytesMax <= rowChangeBytesMax && rowChangeBytesMax <= rowTableBytesMax
                && rowChangeBytesMax <= batchBytesMax,
            "a full batch of rows can wait, and is one write")
    }
}
