import BlockStore
import Buffers
import Execution
import Multiformats
import Vault

/// A folder that goes away with its last reference, and stores opened in it.
final class ScratchStore {
    let folder: String

    init() throws {
        folder = try File.makeTemporaryFolder(prefix: "holdfast-store-")
    }

    deinit { try? File.removeTree(folder) }

    /// Settings that make everything happen early: small memtables, no reserve.
    var options: BlockStoreOptions {
        var options = BlockStoreOptions(folder: folder)
        options.makesIfMissing = true
        options.cacheByteCount = 1 << 20
        options.reserveByteCount = 0
        options.logWriteBufferByteCount = 256 << 10
        options.metaWriteBufferByteCount = 64 << 10
        options.reopenDelay = .milliseconds(10)
        options.indexDelay = .milliseconds(5)
        return options
    }

    func open() throws -> BlockStore { try BlockStore.open(options) }
}

extension VerifiedBlock {
    /// A raw block of pseudo-random bytes that follow from its number.
    init(sample number: Int, byteCount: Int = 1000) throws {
        var state = UInt64(number) &* 0x9e37_79b9_7f4a_7c15 | 1
        var writer = ByteWriter(capacity: byteCount + 8)
        while writer.count < byteCount {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            writer.appendLittleEndian(state)
        }
        try self.init(
            hashing: writer.finish().prefix(byteCount), codec: .raw, function: .sha2_256)
    }

    /// A raw block that fits into no batch: its number again and again.
    init(largeSample number: Int) throws {
        let byteCount = Limits.batchBytesMax + (3 << 20)
        try self.init(
            hashing: Bytes([UInt8](repeating: UInt8(number), count: byteCount)), codec: .raw,
            function: .sha2_256)
    }

    var cid: CID { .v1(codec, multihash) }
}
