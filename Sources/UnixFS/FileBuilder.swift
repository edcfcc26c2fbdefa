package import Buffers
package import Multiformats

/// One file on its way in: chunker, leaf encoder and layout behind one state machine.
///
/// The driver feeds bytes, takes leaves, encodes and hashes them on as many threads as it likes,
/// and gives them back in order:
///
///     file.feed(buffer)
///     while let leaf = file.nextLeaf() { window.submit(leaf) }    // leaf.encode() on any thread
///     for leaf in file.finishLeaves() { window.submit(leaf) }
///     file.append(encoded.child(cid), seal: seal)                 // for each, in order
///     let root = try file.finish(seal: seal)
///
/// - Invariant: at most one chunk is held back, and only where it may turn out to be the whole
///   file that carries a mode or a time.
package struct FileBuilder {
    private var chunker: Chunker
    private var layout: FileLayout
    private let options: ImportOptions
    private let metadata: UnixFSMetadata
    private let encoder: LeafEncoder
    private var heldChunk: Chunk?
    private var hasLeaves = false

    /// A file without bytes.
    ///
    /// - Parameters:
    ///   - options: everything that decides about CIDs.
    ///   - metadata: what `ImportOptions.metadata(of:mode:mtime:)` gives for this file.
    package init(options: ImportOptions, metadata: UnixFSMetadata = UnixFSMetadata()) {
        self.options = options
        self.metadata = metadata
        chunker = Chunker(options.chunker)
        layout = FileLayout(options: options, metadata: metadata)
        encoder = LeafEncoder(options: options)
    }

    /// Takes more of the file. Allowed again only after `nextLeaf()` has returned nil.
    package mutating func feed(_ bytes: Bytes) { chunker.feed(bytes) }

    /// The next leaf that is known to be complete, or nil until more is fed.
    package mutating func nextLeaf() -> Leaf? {
        while let chunk = chunker.next() {
            if let leaf = pass(chunk) { return leaf }
        }
        return nil
    }

    /// Ends the input.
    ///
    /// - Returns: the last leaves, none to two of them.
    package mutating func finishLeaves() -> [Leaf] {
        var leaves: [Leaf] = []
        if let chunk = chunker.finish(), let leaf = pass(chunk) { leaves.append(leaf) }
        if let heldChunk {
            leaves.append(hasLeaves ? leaf(heldChunk) : onlyLeaf(heldChunk))
        } else if !hasLeaves, options.layout == .balanced {
            leaves.append(onlyLeaf(.empty))
        }
        heldChunk = nil
        return leaves
    }

    /// Gives a leaf back, in the order in which the leaves came out.
    ///
    /// - Parameters:
    ///   - child: the sealed leaf.
    ///   - seal: hashes and stores inner nodes that are full.
    /// - Throws: what `seal` throws; `.tooLarge` for a node over 2 MiB.
    package mutating func append(_ child: Child, seal: (Bytes, Multicodec) throws -> CID) throws {
        try layout.append(leaf: child, seal: seal)
    }

    /// Seals the rest of the file.
    ///
    /// - Parameter seal: hashes and stores the nodes, the root last.
    /// - Returns: the file.
    /// - Throws: what `seal` throws; `.tooLarge` for a node over 2 MiB.
    package mutating func finish(seal: (Bytes, Multicodec) throws -> CID) throws -> Child {
        try layout.finish(seal: seal)
    }

    /// Bytes that were fed and are in no leaf yet: at most two chunks.
    package var heldCount: Int { chunker.heldCount + (heldChunk?.count ?? 0) }

    /// The most leaves that come out where so many more bytes are fed and the file ends.
    package func leafCountMax(in byteCount: Int) -> Int {
        // One is cut short by the end, and one was held back.
        (heldCount + byteCount) / options.chunker.byteCountMin + 2
    }

    /// The memory that the links of unfinished nodes take.
    package var layoutByteCount: Int { layout.heldByteCount }

    /// Takes the bytes that are in no leaf yet away, so that a file that stands still holds no memory.
    /// `putBack` must bring them back before more is fed. Allowed only after `nextLeaf()` has
    /// returned nil.
    package mutating func takeHeld() -> HeldFileBytes {
        defer { heldChunk = heldChunk.map { _ in .empty } }
        return HeldFileBytes(chunk: heldChunk?.pieces ?? [], inProgress: chunker.takeHeld())
    }

    /// Puts back what `takeHeld` took.
    package mutating func putBack(_ bytes: HeldFileBytes) {
        if heldChunk != nil { heldChunk = Chunk(bytes.chunk) }
        chunker.putBack(bytes.inProgress)
    }

    /// Hands a chunk on; the first one waits for a second if it would carry the metadata alone.
    private mutating func pass(_ chunk: Chunk) -> Leaf? {
        guard !metadata.isEmpty, options.layout == .balanced, !hasLeaves else {
            return take(chunk)
        }
        guard let first = heldChunk else {
            heldChunk = chunk
            return nil
        }
        heldChunk = chunk
        hasLeaves = true
        return leaf(first)
    }

    private mutating func take(_ chunk: Chunk) -> Leaf {
        hasLeaves = true
        guard let before = heldChunk else { return leaf(chunk) }
        heldChunk = chunk
        return leaf(before)
    }

    private func leaf(_ chunk: Chunk) -> Leaf { Leaf(chunk: chunk, encoder: encoder) }

    private func onlyLeaf(_ chunk: Chunk) -> Leaf {
        Leaf(chunk: chunk, encoder: LeafEncoder(options: options, metadata: metadata))
    }
}

/// Bytes of a file that are in no leaf yet.
package struct HeldFileBytes: Sendable {
    /// A chunk that waits for another one.
    package let chunk: [Bytes]
    /// The chunk in progress.
    package let inProgress: [Bytes]

    /// Puts the two together.
    package init(chunk: [Bytes], inProgress: [Bytes]) {
        self.chunk = chunk
        self.inProgress = inProgress
    }

    /// The same bytes without the rest of the buffers that they were cut from.
    package func detached() -> HeldFileBytes {
        HeldFileBytes(
            chunk: chunk.map { $0.detached() }, inProgress: inProgress.map { $0.detached() })
    }
}

/// A chunk with what is needed to make a block of it, on any thread.
package struct Leaf: Sendable {
    /// Bytes of the file.
    package let chunk: Chunk

    fileprivate let encoder: LeafEncoder

    /// The memory that its bytes keep, with the buffers that they were cut from.
    package var heldByteCount: Int { chunk.pieces.reduce(0) { $0 + $1.heldByteCount } }

    /// The same without the rest of those buffers.
    package func detached() -> Leaf {
        Leaf(chunk: Chunk(chunk.pieces.map { $0.detached() }), encoder: encoder)
    }

    /// The leaf's block.
    package func encode() -> EncodedLeaf { encoder.encode(chunk) }
}
