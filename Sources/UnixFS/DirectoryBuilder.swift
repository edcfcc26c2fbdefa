package import Buffers
import IPLD
package import Multiformats

/// Collects the entries of one directory and builds it, plain or as a HAMT.
///
/// The result depends on the set of entries only, not on the order in which they came.
///
/// - Spec: cid-parity 7.
package struct DirectoryBuilder {
    private let options: ImportOptions
    /// Mode and time; may be set until `finish`.
    package var metadata: UnixFSMetadata
    private var entries = EntryTable()

    /// A directory without entries.
    ///
    /// - Parameters:
    ///   - options: limits, threshold and fan-out.
    ///   - metadata: mode and time; they go into the directory's block or its root shard.
    package init(options: ImportOptions, metadata: UnixFSMetadata = UnixFSMetadata()) {
        self.options = options
        self.metadata = metadata
    }

    /// Whether an entry of this name was added.
    ///
    /// - Complexity: looks at every entry, so it is for those who have reason to believe it.
    package func contains(_ name: Bytes) -> Bool { entries.contains(name) }

    /// Adds an entry; one of the same name that was there before gives way.
    ///
    /// - Parameters:
    ///   - name: the path segment's bytes, as they are.
    ///   - child: the sealed node.
    /// - Throws: `.invalidName` for a name that is empty, `.` or `..`, or contains a slash.
    package mutating func add(_ name: Bytes, _ child: Child) throws(UnixFSError) {
        try Self.check(name: name)
        entries.append(name: name, child: child)
    }

    /// Adds an entry whose name is text.
    ///
    /// - Parameters:
    ///   - name: the path segment.
    ///   - child: the sealed node.
    /// - Throws: `.invalidName` for a name that is empty, `.` or `..`, or contains a slash.
    package mutating func add(_ name: String, _ child: Child) throws(UnixFSError) {
        try add(Bytes(utf8: name), child)
    }

    /// Builds and seals the directory.
    ///
    /// - Parameter seal: hashes and stores the blocks, the root last.
    /// - Returns: the directory.
    /// - Throws: what `seal` throws; `.tooDeep` when the hashes of two names are equal; `.tooLarge`
    ///   for a block over 2 MiB, which only options without a threshold can lead to.
    package consuming func finish(seal: (Bytes, Multicodec) throws -> CID) throws -> Child {
        entries.close()
        // Hashes hardly ever tie, unlike the beginnings of names, so this order is the quick one
        // for a large directory; only one that stays plain is put in the order of names.
        let byHash = EntryOrder(byHash: entries)
        if needsHAMT(byHash) {
            let writer = ShardWriter(
                fanout: options.maxHAMTFanout, entries: entries, metadata: metadata)
            return try writer.write(byHash, seal: seal)
        }
        let links = EntryOrder(byName: entries).keys.map { entries.link(at: $0.position) }
        return try Self.seal(links, message, with: seal)
    }

    /// Encodes and seals a directory or shard.
    static func seal(
        _ links: [DagPBLink], _ message: UnixFSData, with seal: (Bytes, Multicodec) throws -> CID
    ) throws -> Child {
        let block = DagPBNode(links: links, data: message.encode()).encode()
        guard block.count <= Limits.blockByteCountMax else {
            throw UnixFSError(
                .tooLarge,
                "a directory block with \(links.count) entries would pass the block limit of "
                    + "\(Limits.blockByteCountMax) bytes: set max-directory-links")
        }
        let linked = links.reduce(0) { $0 + ($1.tsize ?? 0) }
        return Child(
            cid: try seal(block, .dagPB), fileByteCount: 0, tsize: linked + UInt64(block.count))
    }

    private static func check(name: Bytes) throws(UnixFSError) {
        let bytes = name.array
        let isDots = bytes == [0x2e] || bytes == [0x2e, 0x2e]
        guard !bytes.isEmpty, !isDots, !bytes.contains(UInt8(ascii: "/")) else {
            throw UnixFSError(
                .invalidName,
                "a directory entry cannot be named \"\(name.utf8Text ?? "\(name)")\"")
        }
    }

    private var message: UnixFSData {
        var message = UnixFSData(type: .directory)
        message.metadata = metadata
        return message
    }

    private func needsHAMT(_ order: EntryOrder) -> Bool {
        if options.maxDirectoryLinks > 0, order.keys.count > options.maxDirectoryLinks {
            return true
        }
        switch options.hamtSizeEstimate {
        case .disabled: return false
        case .links:
            return passesThreshold(order, start: 0) { link in
                (link.nameBytes?.count ?? 0) + link.cid.byteCount
            }
        case .block:
            let data = Varint.fieldByteCount(message.encodedByteCount)
            return passesThreshold(order, start: data, Self.encodedByteCount)
        }
    }

    /// Adds up what the links count, only as far as it takes to know.
    private func passesThreshold(
        _ order: EntryOrder, start: Int, _ byteCount: (DagPBLink) -> Int
    ) -> Bool {
        var sum = start
        for key in order.keys {
            guard sum <= options.hamtThreshold else { return true }
            sum += byteCount(entries.link(at: key.position))
        }
        return sum > options.hamtThreshold
    }

    /// The exact size of a link in the plain directory's block.
    private static func encodedByteCount(_ link: DagPBLink) -> Int {
        Varint.fieldByteCount(
            Varint.fieldByteCount(link.cid.byteCount)
                + Varint.fieldByteCount(link.nameBytes?.count ?? 0)
                + 1 + Varint.byteCount(of: link.tsize ?? 0))
    }
}

extension Varint {
    /// Size of a protobuf field of bytes with a field number under 16: key, length, content.
    fileprivate static func fieldByteCount(_ content: Int) -> Int {
        1 + byteCount(of: UInt64(content)) + content
    }
}
