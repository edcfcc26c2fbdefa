package import Buffers
package import Multiformats

/// Turns chunks into leaf blocks. Pure, so chunks of one file can be encoded on many threads.
package struct LeafEncoder: Sendable {
    private enum Form: Sendable {
        case raw
        case node(UnixFSData.Kind)
    }

    private let form: Form
    private let metadata: UnixFSMetadata

    /// An encoder for the leaves of one file.
    ///
    /// - Parameters:
    ///   - options: layout and whether leaves are raw blocks.
    ///   - metadata: mode and time, given only for a leaf that is the whole file.
    package init(options: ImportOptions, metadata: UnixFSMetadata = UnixFSMetadata()) {
        self.metadata = metadata
        form =
            options.rawLeaves && metadata.isEmpty
            ? .raw : .node(options.layout == .trickle ? .raw : .file)
    }

    /// The block of a chunk. A raw block is the chunk itself, without a copy if it is in one piece.
    package func encode(_ chunk: Chunk) -> EncodedLeaf {
        switch form {
        case .raw:
            return EncodedLeaf(bytes: chunk.joined(), codec: .raw, fileByteCount: chunk.count)
        case .node(let type):
            var message = UnixFSData(type: type)
            message.fileSize = UInt64(chunk.count)
            message.metadata = metadata
            let block = message.encodeNode(around: chunk)
            return EncodedLeaf(bytes: block, codec: .dagPB, fileByteCount: chunk.count)
        }
    }
}

/// A leaf block that waits for its CID.
package struct EncodedLeaf: Sendable {
    /// The bytes of the block.
    package let bytes: Bytes

    /// raw or dag-pb.
    package let codec: Multicodec

    /// Bytes of the file in it.
    package let fileByteCount: Int

    /// What the layout needs to know, once the block has its CID.
    package func child(_ cid: CID) -> Child {
        Child(cid: cid, fileByteCount: UInt64(fileByteCount), tsize: UInt64(bytes.count))
    }
}

extension UnixFSData {
    /// The dag-pb node without links around this message and a chunk as its data: the pieces of
    /// the chunk are copied once, to where they stay.
    fileprivate func encodeNode(around chunk: Chunk) -> Bytes {
        let length = encodedByteCount + Self.dataFieldByteCount(chunk.count)
        var writer = ByteWriter(capacity: length + 11)
        writer.append(0x0a)
        writer.appendVarint(UInt64(length))
        write(to: &writer, around: chunk)
        return writer.finish()
    }

    private static func dataFieldByteCount(_ count: Int) -> Int {
        count == 0 ? 0 : 1 + Varint.byteCount(of: UInt64(count)) + count
    }

    /// How many bytes `encode()` gives.
    var encodedByteCount: Int {
        var count = 1 + Varint.byteCount(of: type.rawValue)
        count += Self.dataFieldByteCount(data?.count ?? 0)
        for value in [fileSize, hashType, fanout] {
            if let value { count += 1 + Varint.byteCount(of: value) }
        }
        for size in blockSizes { count += 1 + Varint.byteCount(of: size) }
        if let mode, mode != 0 { count += 1 + Varint.byteCount(of: UInt64(mode)) }
        if let mtime {
            let inner = mtime.encode().count
            count += 1 + Varint.byteCount(of: UInt64(inner)) + inner
        }
        return count
    }
}
