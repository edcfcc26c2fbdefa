import BlockStore
import Buffers
import Execution
import Multiformats
import UnixFS

/// A source of blocks that has the next ones fetched by the pool while the current one is used.
///
/// How far it goes adapts to the reader: the window doubles while blocks are taken quickly and
/// halves when they are not, and everything read ahead counts against the budget of all readers. So
/// a reader that stops costs a block or two, and many of them cost no more than the budget.
///
/// One reader, one thread.
final class ReadAhead: BlockSource {
    private struct Fetch {
        let bytes: Pending<Result<Bytes?, BlockStoreError>>
        let budgetedCount: Int
    }

    private let store: BlockStore
    private let pool: WorkPool
    private let budget: ByteBudget
    private var fetches: [Multihash: Fetch] = [:]
    private var window = 2
    private var lastTaken = Instant.now
    private var blockBytesSeenMax = 64 << 10

    init(_ library: Library) {
        store = library.store
        pool = library.pool
        budget = library.egressBudget
    }

    deinit { forget() }

    /// How many blocks are worth naming to `expect` now.
    var countWanted: Int { max(0, window - fetches.count) }

    /// How many blocks may be on their way at the moment.
    var windowCount: Int { window }

    /// Starts fetching blocks that will be asked for soon, as far as window and budget allow.
    ///
    /// A cached block is not fetched: handing it over from another thread would cost more than
    /// looking it up when it is its turn.
    func expect(_ cids: some Sequence<CID>) {
        for cid in cids where cid.identityContent == nil {
            guard fetches.count < window else { return }
            guard fetches[cid.multihash] == nil, !store.isCached(cid.multihash) else { continue }
            guard budget.tryAcquire(blockBytesSeenMax) else { return }
            fetches[cid.multihash] = start(cid.multihash)
        }
    }

    func block(_ cid: CID) throws -> Bytes {
        if let content = cid.identityContent { return content }
        adapt()
        let found: Bytes?
        do throws(BlockStoreError) {
            if let fetched = take(cid.multihash) {
                found = try fetched.get()
            } else {
                found = try store.get(cid.multihash)
            }
        } catch {
            throw ContentError(error, reading: cid)
        }
        guard let found else { throw ContentError.blockNotFound(cid) }
        blockBytesSeenMax = max(blockBytesSeenMax, found.count)
        return found
    }

    /// Drops what was fetched and not taken, when the reader goes elsewhere or ends.
    func forget() {
        for fetch in fetches.values { budget.release(fetch.budgetedCount) }
        fetches.removeAll()
    }

    private func start(_ multihash: Multihash) -> Fetch {
        let store = store
        let bytes = pool.start { () -> Result<Bytes?, BlockStoreError> in
            do throws(BlockStoreError) {
                return .success(try store.get(multihash))
            } catch {
                return .failure(error)
            }
        }
        return Fetch(bytes: bytes, budgetedCount: blockBytesSeenMax)
    }

    private func take(_ multihash: Multihash) -> Result<Bytes?, BlockStoreError>? {
        guard let fetch = fetches.removeValue(forKey: multihash) else { return nil }
        defer { budget.release(fetch.budgetedCount) }
        return fetch.bytes.value()
    }

    private func adapt() {
        let now = Instant.now
        let isQuick = now.elapsed(since: lastTaken) < .milliseconds(20)
        lastTaken = now
        let most = min(Limits.readAheadCountMax, Limits.readAheadBytesMax / blockBytesSeenMax)
        window = isQuick ? min(max(1, most), window * 2) : max(1, window / 2)
    }
}
