package import Buffers
import Execution
package import IPLD
package import Multiformats
package import UnixFS

/// Reads blocks for one request, and has the next ones fetched by the pool while the current one is
/// used.
///
/// Every block counts against the memory of all readers from before it is read until the reader asks
/// for the next one; one that a reader comes back to (a node whose children follow) stays counted
/// while it is kept. Who waits for memory holds none: before it waits, it lets go of everything.
///
/// How far the read-ahead goes adapts: the window doubles while blocks are taken quickly and halves
/// when they are not. So a reader that stops costs a block or two, and nothing after `release()`.
///
/// One thread.
package final class BlockReader: BlockSource, BlockHolder {
    /// A block that was read ahead, with its share of what this reader may read ahead.
    private struct Fetched {
        let block: HeldBlock
        let share: BudgetShare
    }

    private typealias Fetch = Pending<Result<Fetched?, ContentError>>

    /// What a block takes of the memory depends on its codec.
    private struct FetchKey: Hashable {
        let multihash: Multihash
        let codec: Multicodec

        init(_ cid: CID) { (multihash, codec) = (cid.multihash, cid.codec) }
    }

    /// Since when blocks are held, and how large the largest of them was.
    private struct Turn {
        let since: Instant
        let byteCountMax: Int

        /// That of one who holds what both have held.
        static func joined(_ one: Turn?, _ other: Turn?) -> Turn? {
            guard let one, let other else { return one ?? other }
            return Turn(
                since: min(one.since, other.since),
                byteCountMax: max(one.byteCountMax, other.byteCountMax))
        }
    }

    private let access: ContentAccess
    private var fetches: [FetchKey: Fetch] = [:]
    /// What those may take. The sizes of blocks are known when they are read, and not from those before.
    private lazy var ahead = ByteBudget(name: "read-ahead", limit: Limits.readAheadBytesMax)
    private var window = 2
    private var lastTaken = Instant.now
    private var blockBytesSeenMax = 64 << 10
    /// Nil while nothing is held.
    private var turn: Turn?
    /// The block that was given last, and the one that is kept before it.
    private var last: HeldBlock?
    private var kept: HeldBlock?
    /// Bytes of all blocks that it has given, each as often as it was read.
    private(set) var readByteCount: UInt64 = 0

    /// What else of the same request, on the same thread, lets go before this one waits.
    private let companion: (any BlockHolder)?

    init(_ access: ContentAccess, with companion: (any BlockHolder)? = nil) {
        self.access = access
        self.companion = companion
    }

    /// How many blocks are worth naming to `expect` now.
    package var countWanted: Int { max(0, window - fetches.count) }

    /// How many blocks may be on their way at the moment.
    package var windowCount: Int { window }

    /// Starts fetching blocks that will be asked for soon, as far as window and budget allow.
    ///
    /// A block that is at hand is not fetched: handing it over from another thread would cost more
    /// than looking it up when it is its turn.
    package func expect(_ cids: some Sequence<CID>) {
        for cid in cids where !cid.isIdentity {
            guard fetches.count < window else { return }
            guard fetches[FetchKey(cid)] == nil, !access.library.source.isAtHand(cid) else {
                continue
            }
            fetches[FetchKey(cid.compacted())] = start(cid)
        }
    }

    /// Whether it has held blocks for so long, while others wait for memory, that it is their turn:
    /// who asks between two steps, and then lets go of what can be read again, makes all of them go
    /// on by turns.
    package var isOthersTurn: Bool {
        guard let turn, access.library.blockMemory.isWanted(upTo: turn.byteCountMax) else {
            return false
        }
        return Instant.now.elapsed(since: turn.since) > Limits.readerTurn
    }

    /// The bytes of a block. What was given before it is let go of, unless it was kept.
    ///
    /// - Throws: `.blockNotFound`, `.storage`, `.overloaded`, and as `RequestContext.check()`.
    package func block(_ cid: CID) throws(ContentError) -> Bytes { try held(cid).bytes }

    package func block(_ cid: CID, beforeWaiting letGo: () -> Void) throws(ContentError) -> Bytes {
        try held(cid, beforeWaiting: letGo).bytes
    }

    /// The bytes of a block together with its name.
    ///
    /// - Throws: as `block(_:)`.
    package func named(
        _ cid: CID, beforeWaiting letGo: () -> Void = {}
    ) throws(ContentError) -> Block {
        Block(cid: cid, bytes: try block(cid, beforeWaiting: letGo))
    }

    /// The block that was given last stays counted until another one is kept: its reader comes back
    /// to it after its children.
    ///
    /// - Returns: the one that was kept before, which stays counted while somebody has it.
    @discardableResult package func keepLast() -> (any KeptBlock)? {
        // Who says so twice still has the block.
        guard let last else { return nil }
        defer { (kept, self.last) = (last, nil) }
        return kept
    }

    package func keep(_ block: any KeptBlock) { kept = block as? HeldBlock }

    package func check() throws(ContentError) { try access.context.check() }

    /// The block that was given last is not used any more.
    package func dropLast() { last = nil }

    /// Lets go of everything: what was fetched and not taken, and what was given. Blocks are read
    /// again when they are asked for again.
    ///
    /// Whoever has bytes of them lets go of those before: others read on at once with the memory that
    /// this gives back.
    package func release() {
        fetches.removeAll()
        (last, kept) = (nil, nil)
        turn = nil
    }

    /// What counts the block that is kept, for whoever comes back to it with `keep(_:)`: it is kept here
    /// no longer.
    func handOverKept() -> (any KeptBlock)? {
        defer { kept = nil }
        return kept
    }

    /// A reader for whoever goes on with the block that was given last, which stays counted there.
    ///
    /// - Parameters:
    ///   - companion: lets go too before that one waits, and when it is others' turn.
    ///   - other: has read what the companion holds; that one's turn is for both.
    func handOver(with companion: any BlockHolder, heldWith other: BlockReader) -> BlockReader {
        let next = BlockReader(access, with: companion)
        (next.last, next.turn) = (last, Turn.joined(turn, other.turn))
        last = nil
        return next
    }

    /// The block with its share of the memory, for a reader that keeps more than one.
    ///
    /// - Parameters:
    ///   - cid: of the block; holds on to no other block.
    ///   - letGo: lets go of all that the caller holds; called before this waits for memory, and where it
    ///     is others' turn.
    func held(_ cid: CID, beforeWaiting letGo: () -> Void = {}) throws(ContentError) -> HeldBlock {
        try access.context.check()
        last = nil
        if let content = cid.identityContent { return HeldBlock(content, share: nil) }
        // Who works on large blocks takes long for each step, and few steps a second.
        try access.context.checkNow()
        // Not everybody asks between two steps: one over many empty parts may read any number of blocks.
        if isOthersTurn { giveWay(letGo) }
        adapt()
        let block: HeldBlock
        if let fetched = try take(cid) {
            block = fetched
        } else {
            block = try read(cid, letGo)
        }
        blockBytesSeenMax = max(blockBytesSeenMax, block.bytes.count)
        readByteCount += UInt64(block.bytes.count)
        last = block
        // The wait for the first one was no turn.
        turn = Turn(
            since: turn?.since ?? .now,
            byteCountMax: max(turn?.byteCountMax ?? 0, block.bytes.count))
        return block
    }

    // MARK: reading

    private func read(_ cid: CID, _ letGo: () -> Void) throws(ContentError) -> HeldBlock {
        var share: BudgetShare?
        let found = try access.library.source.block(cid, for: access.context) { byteCount in
            share = reserve(byteCount, as: cid.codec, letGo)
            return share != nil
        }
        switch found {
        case .found(let bytes): return HeldBlock(bytes, share: share)
        case .absent: throw .blockNotFound(cid)
        case .notReserved:
            try access.context.checkNow()
            throw .overloaded("the memory for blocks that are read")
        }
    }

    /// Takes memory for a block. Nobody waits for it while he holds some: they would wait for each
    /// other.
    private func reserve(
        _ byteCount: Int, as codec: Multicodec, _ letGo: () -> Void
    ) -> BudgetShare? {
        let memory = access.library.blockMemory
        let share = memory.makeShare(forBlockOf: byteCount)
        let wanted = memory.byteCount(forBlockOf: byteCount, as: codec)
        if share.grow(by: wanted) { return share }
        giveWay(letGo)
        let deadline = Deadline.after(Limits.memoryWait).earlier(access.context.deadline)
        let isThere = share.grow(by: wanted, deadline: deadline, for: access.context.client)
        // Many may have waited, and each would read its block, and work on it, for nobody.
        guard isThere, (try? access.context.checkNow()) != nil else { return nil }
        return share
    }

    /// Lets go of all that this request holds.
    private func giveWay(_ letGo: () -> Void) {
        letGo()
        release()
        companion?.release()
    }

    // MARK: reading ahead

    private func start(_ cid: CID) -> Fetch {
        let (source, context) = (access.library.source, access.context)
        let (memory, ahead, cid) = (access.library.blockMemory, ahead, cid.detached())
        return access.library.pool.start { () -> Result<Fetched?, ContentError> in
            let own = BudgetShare(of: ahead)
            do throws(ContentError) {
                var share: BudgetShare?
                let found = try source.block(cid, for: context) { byteCount in
                    let wanted = memory.makeShare(forBlockOf: byteCount)
                    share = wanted
                    let whole = memory.byteCount(forBlockOf: byteCount, as: cid.codec)
                    return own.grow(by: byteCount) && wanted.grow(by: whole)
                }
                guard case .found(let bytes) = found else { return .success(nil) }
                return .success(Fetched(block: HeldBlock(bytes, share: share), share: own))
            } catch {
                return .failure(error)
            }
        }
    }

    /// What was fetched of a block; nil where the reader has to see to it itself.
    private func take(_ cid: CID) throws(ContentError) -> HeldBlock? {
        guard let fetch = fetches.removeValue(forKey: FetchKey(cid)) else { return nil }
        return try fetch.value().get()?.block
    }

    private func adapt() {
        let now = Instant.now
        let isQuick = now.elapsed(since: lastTaken) < .milliseconds(20)
        lastTaken = now
        let most = min(Limits.readAheadCountMax, Limits.readAheadBytesMax / blockBytesSeenMax)
        window = isQuick ? min(max(1, most), window * 2) : max(1, window / 2)
    }
}
