/// The limits of this module, together with the relations between them.
enum Limits {
    /// The largest block that may be written.
    static let blockByteCountMax = 2 << 20

    /// The longest chunk: what a node around it needs still fits into the largest block.
    static let chunkByteCountMax = blockByteCountMax - 256

    /// The longest file, and the largest size that a message may claim: the sum of one and a block
    /// still fits into 63 bits, and the sum of three into 64.
    static let fileBytesMax: UInt64 = 1 << 62

    /// Levels of nodes that a reader follows below a file's root.
    static let fileDepthMax = 64

    /// Parts of a file that are looked at for each that is to be read ahead.
    static let partsLookedAtEach = 4

    /// Bytes of blocks on a way down that are in memory whatever is below them.
    static let outerBytesMax = 1 << 20

    /// Shards on one way down: the hash of a name has 64 bits, and every level uses at least 3.
    static let hashBitCount = 64

    /// Children of a shard.
    static let fanout = 8...1024

    /// The largest block that becomes an identity CID.
    static let inlineByteCountMax = 128

    /// Bytes of a symbolic link's target. No file system takes more than a quarter of it, and what reads
    /// one has it in memory, beside its block.
    static let linkTargetBytesMax = 16 << 10

    /// Subtrees of one depth in a trickle node.
    static let trickleRepeat = 4
}
