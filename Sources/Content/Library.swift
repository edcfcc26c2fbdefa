package import BlockStore
package import Execution
import Multiformats
import Telemetry

/// The content of a node: what every surface and the command line do with it, without any HTTP.
///
/// Holds no state of its own but caches and budgets; the blocks and pins are the store's.
package final class Library: Sendable {
    /// Where blocks and pins are.
    package let store: BlockStore
    /// Where hashing, checking and read-ahead run.
    package let pool: WorkPool
    /// Bytes of input that all adds and imports together have on their way to the store.
    package let ingestBudget: ByteBudget

    /// Bytes that all readers together have read ahead.
    package let egressBudget: ByteBudget

    let resolutions = ResolutionCache(countMax: Limits.resolutionsMax)

    /// Puts content operations on top of a store.
    ///
    /// - Parameters:
    ///   - store: an open store; whoever opened it closes it, after the last operation has ended.
    ///   - pool: threads for CPU work.
    ///   - ingestBytesMax: input that all writers together may have in memory.
    ///   - egressBytesMax: blocks that all readers together may have read ahead.
    package init(
        store: BlockStore, pool: WorkPool = .shared,
        ingestBytesMax: Int = Limits.ingestBytesMax,
        egressBytesMax: Int = Limits.egressBytesMax
    ) {
        Limits.check()
        self.store = store
        self.pool = pool
        ingestBudget = ByteBudget(name: "ingest", limit: ingestBytesMax)
        egressBudget = ByteBudget(name: "egress", limit: egressBytesMax)
        if let registry = store.options.metrics { addMetrics(to: registry) }
    }

    /// Shows how close the budgets are to their limits.
    private func addMetrics(to registry: MetricRegistry) {
        for budget in [ingestBudget, egressBudget] {
            registry.gauge(
                "holdfast_\(budget.name)_bytes",
                help: "Bytes of content on their way, \(budget.name)."
            ) { Double(budget.inUse) }
            registry.gauge(
                "holdfast_\(budget.name)_limit_bytes",
                help: "The most that may be on its way, \(budget.name)."
            ) { Double(budget.limit) }
        }
    }

    /// The blocks of this node as a source for readers.
    package var blocks: LocalBlocks { LocalBlocks(store: store) }
}
