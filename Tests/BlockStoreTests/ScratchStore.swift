import Buffers
import Execution
import Multiformats
import Testing
import Vault

@testable import BlockStore

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

    /// Flips a bit of the block in the table of LevelDB that has it.
    func flipABit(inTablesOf folder: String) throws {
        let needle = bytes.prefix(64)
        for name in try File.names(in: folder) where name.hasSuffix(".ldb") {
            let contents = try File.readAll("\(folder)/\(name)", limit: 1 << 28)
            guard let start = contents.firstIndex(of: needle) else { continue }
            var flipped = contents.array
            flipped[start + bytes.count / 2] ^= 0x10
            try File.replace("\(folder)/\(name)", with: Bytes(flipped))
            return
        }
        Issue.record("the block is in no table")
    }
}

extension BlockStore {
    /// Puts a block into the log behind the store's back.
    func write(_ block: VerifiedBlock, at sequence: UInt64, flippingLast: Bool = false) throws {
        var value = StoredValue.header(of: block).array + block.bytes.array
        if flippingLast { value[value.count - 1] ^= 1 }
        var batch = WriteBatch()
        batch.put(Key(sequence: sequence), Bytes(value))
        try log.holder.current().write(batch, isSynced: true)
    }

    /// What the disk says of a block in quarantine.
    func quarantineRecord(of block: VerifiedBlock) throws -> QuarantineRecord? {
        try meta.holder.current().value(for: MetaKey.quarantine(block.multihash))
            .flatMap(QuarantineRecord.init(decoding:))
    }
}
