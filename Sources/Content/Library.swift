package import BlockStore
package import Execution
import Multiformats
import Synchronization
import Telemetry

/// The content of a node: what every surface and the command line do with it, without any HTTP.
///
/// Holds no state of its own but caches and budgets; the blocks and pins are the store's.
package final class Library: Sendable {
    /// Where blocks and pins are.
    package let store: BlockStore
    /// Where bytes wait that would take too much memory; below the folder of the repository.
    package let spoolFolder: String
    /// Where hashing, checking and read-ahead run.
    package let pool: WorkPool
    /// Bytes of input that all adds and imports together have on their way to the store.
    package let ingestBudget: ByteBudget

    /// Bytes of chunks and blocks that uploads have begun and not finished.
    let assemblyBudget: ByteBudget

    /// Blocks that all readers together have in memory, read ahead or on their way out.
    package let blockMemory: BlockMemory

    /// In which walks, lists and archives remember where they are.
    package let stateMemory: StateMemory
    /// In which adds and imports remember what they have to until their end.
    package let entryMemory: StateMemory

    /// Bytes of files that together came out of the reserve of the disk.
    let spoolReserve: ByteBudget

    /// Bytes that the arguments of all calls that bring many together take.
    package let argumentBudget: ByteBudget

    /// Bytes that all decodings of whole values together take.
    package let decodingBudget: ByteBudget

    /// Where blocks come from.
    let source: any ContentSource

    let resolutions = ResolutionCache(bytesMax: Limits.resolutionBytesMax)

    /// Puts content operations on top of a store.
    ///
    /// - Parameters:
    ///   - store: an open store; whoever opened it closes it, after the last operation has ended.
    ///   - pool: threads for CPU work.
    ///   - ingestBytesMax: input that all writers together may have in memory.
    ///   - egressBytesMax: ordinary blocks that all readers together may have in memory.
    ///   - largeEgressBytesMax: the same for large blocks.
    ///   - source: where blocks are read; the store if not given.
    package init(
        store: BlockStore, pool: WorkPool = .shared,
        ingestBytesMax: Int = Limits.ingestBytesMax,
        egressBytesMax: Int = Limits.egressBytesMax,
        largeEgressBytesMax: Int = Limits.largeEgressBytesMax,
        source: (any ContentSource)? = nil
    ) {
        Limits.check()
        self.store = store
        spoolFolder = store.options.folder + "/spool"
        self.pool = pool
        ingestBudget = ByteBudget(name: "ingest", limit: ingestBytesMax)
        blockMemory = BlockMemory(
            ordinaryBytesMax: egressBytesMax, largeBytesMax: largeEgressBytesMax)
        assemblyBudget = ByteBudget(name: "assembly", limit: Limits.assemblyBytesMax)
        stateMemory = StateMemory(
            ByteBudget(name: "walk", limit: Limits.stateBytesMax),
            reserve: ByteBudget(name: "walk-reserve", limit: Limits.requestStateBytesMax),
            requestByteCountMax: Limits.requestStateBytesMax,
            "the memory for walks over content")
        entryMemory = StateMemory(
            ByteBudget(name: "entries", limit: Limits.sharedEntryBytesMax),
            reserve: ByteBudget(
                name: "entries-reserve",
                limit: Limits.entryBytesMax - Limits.sharedEntryBytesMax),
            requestByteCountMax: Limits.entryBytesMax,
            "the memory for folders, roots and names that are added")
        spoolReserve = ByteBudget(name: "spool-reserve", limit: Limits.reservedSpoolBytesMax)
        argumentBudget = ByteBudget(name: "arguments", limit: Limits.argumentBytesMax)
        decodingBudget = ByteBudget(name: "decoding", limit: Limits.decodingBytesMax)
        self.source = source ?? LocalSource(store)
        if let registry = store.options.metrics { addMetrics(to: registry) }
    }

    /// Shows how close the budgets are to their limits.
    private func addMetrics(to registry: MetricRegistry) {
        registry.memory("paths", limit: Limits.resolutionBytesMax) { [resolutions] in
            resolutions.byteCount
        }
        for budget in [
            ingestBudget, assemblyBudget, blockMemory.ordinary, blockMemory.large,
            stateMemory.budget, stateMemory.reserve, entryMemory.budget, entryMemory.reserve,
            argumentBudget, decodingBudget,
        ] {
            registry.memory(budget)
        }
    }

    /// Whether adds and imports are to have little on their way to the store.
    let isShortOfMemory = Atomic(false)

    /// Gives up memory that only makes things faster, or takes it again.
    ///
    /// - Parameter isSmall: whether the process is short of memory.
    package func keepSmall(_ isSmall: Bool) {
        isShortOfMemory.store(isSmall, ordering: .relaxed)
        store.keepSmall(isSmall)
    }

    /// What one request may read.
    package func access(for context: RequestContext) -> ContentAccess {
        ContentAccess(self, for: context)
    }
}
