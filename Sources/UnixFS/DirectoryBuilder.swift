package import Buffers
import IPLD
package import Multiformats

/// Collects the entries of one directory and builds it, plain or as a HAMT.
///
/// The result depends on the set of entries only, not on the order in which they came.
///
/// - Spec: UnixFS, "`dag-pb` `Directory`" and "When to Use HAMT Sharding"; IPIP-499.
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
        var order = EntryOrder(byHash: &entries)
        let table = entries
        if needsHAMT(order) {
            let writer = ShardWriter(
                fanout: options.maxHAMTFanout, entries: table, metadata: metadata)
            return try writer.write(order, seal: seal)
        }
        order.orderByName(in: table)
        let links = order.keys.lazy.map { table.link(at: $0.position) }
        return try Self.seal(links, message, with: seal)
    }

    /// Encodes and seals a directory or shard.
    ///
    /// - Parameter links: made anew each time, one after the other: names can be long, and neither a list
    ///   of them nor a block over the limit is counted anywhere.
    static func seal(
        _ links: some Collection<DagPBLink>, _ message: UnixFSData,
        with seal: (Bytes, Multicodec) throws -> CID
    ) throws -> Child {
        let data = message.encode()
        var (byteCount, linked) = (DagPBWriter.byteCount(ofData: data), UInt64(0))
        for link in links {
            byteCount += DagPBWriter.byteCount(of: link)
            guard byteCount <= Limits.blockByteCountMax else { throw Self.tooLarge(links.count) }
            linked += link.tsize ?? 0
        }
        var block = DagPBWriter(byteCount: byteCount)
        for link in links { block.append(link) }
        let cid = try seal(block.finish(data: data), .dagPB)
        return Child(cid: cid, fileByteCount: 0, tsize: linked + UInt64(byteCount))
    }

    private static func tooLarge(_ count: Int) -> UnixFSError {
        UnixFSError(
            .tooLarge,
            "a directory block with \(count) entries would pass the block limit of "
                + "\(Limits.blockByteCountMax) bytes: set max-directory-links")
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
            let data = DagPBWriter.byteCount(ofData: message.encode())
            return passesThreshold(order, start: data, DagPBWriter.byteCount(of:))
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
}
