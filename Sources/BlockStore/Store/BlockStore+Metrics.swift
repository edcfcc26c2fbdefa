import Execution
import Telemetry

extension BlockStore {
    /// Adds what there is to see of the store. To be called once.
    func addMetrics(to registry: MetricRegistry) {
        addContents(to: registry)
        addCache(to: registry)
        addLane("blocks", log.figures, log.holder, to: registry)
        addLane("meta", meta.figures, meta.holder, to: registry)
        addQueues(to: registry)
        addMemory(to: registry)
    }

    /// The store's share of the node's memory, each part with the limit that holds it.
    private func addMemory(to registry: MetricRegistry) {
        let (cache, log, meta) = (cache, log, meta)
        let (quarantine, claims) = (quarantine, claims)
        registry.memory("cache", limit: cache.memoryByteCountMax) { cache.memoryByteCount }
        registry.memory(log.room)
        registry.memory(meta.room)
        registry.memory("index", limit: Limits.tableBytesMax) {
            log.state.withLock { $0.tableByteCount }
        }
        registry.memory("rows", limit: Limits.rowTableBytesMax) {
            log.state.withLock { $0.rows.byteCount }
        }
        registry.memory("deletions", limit: Limits.deletionBytesMax) {
            log.state.withLock { $0.deletionByteCount }
        }
        registry.memory("quarantine", limit: Limits.quarantineBytesMax) { quarantine.byteCount }
        registry.memory("claims", limit: Limits.claimBytesMax) { claims.byteCount }
        for holder in [log.holder, meta.holder] {
            registry.memory(
                "database-\(holder.name.rawValue)",
                limit: options.settings(of: holder.name).memoryBytesMax
            ) {
                Int(holder.figure("leveldb.approximate-memory-usage"))
            }
        }
    }

    private func addContents(to registry: MetricRegistry) {
        let (log, freeSpace) = (log, freeSpace)
        let (quarantine, unreadable) = (quarantine, unreadable)
        registry.gauge("holdfast_store_blocks", help: "Blocks stored.") {
            Double(log.state.withLock { $0.blockCount })
        }
        registry.gauge("holdfast_store_bytes", help: "Bytes of the blocks stored.") {
            Double(log.state.withLock { $0.byteCount })
        }
        registry.gauge(
            "holdfast_store_quarantined_blocks", help: "Blocks that failed a check."
        ) { Double(quarantine.count) }
        registry.gauge(
            "holdfast_store_unreadable_blocks", help: "Blocks that the disk did not give."
        ) { Double(unreadable.count) }
        let disk = disk
        registry.gauge(
            "holdfast_store_damage_notes", help: "Findings of damage that nobody has removed."
        ) { Double(disk.damage.count) }
        registry.gauge("holdfast_store_disk_free_bytes", help: "Free bytes of the disk.") {
            freeSpace.latestByteCount.map { Double($0) } ?? .nan
        }
        registry.gauge("holdfast_store_writable", help: "1 if the store takes writes.") {
            log.state.withLock { $0.writeRefusal } == nil ? 1 : 0
        }
    }

    private func addCache(to registry: MetricRegistry) {
        let cache = cache
        registry.gauge("holdfast_cache_bytes", help: "Bytes in the block cache.") {
            Double(cache.byteCount)
        }
        registry.counter("holdfast_cache_hits_total", help: "Reads that the cache answered.") {
            Double(cache.requests.hits)
        }
        registry.counter("holdfast_cache_misses_total", help: "Reads that went to the log.") {
            Double(cache.requests.misses)
        }
    }

    private func addQueues(to registry: MetricRegistry) {
        let (log, meta) = (log, meta)
        registry.gauge("holdfast_log_queue_blocks", help: "Blocks that wait for the lane.") {
            Double(log.state.withLock { $0.queuedCount })
        }
        registry.gauge("holdfast_log_queue_bytes", help: "Bytes that wait for the lane.") {
            Double(log.state.withLock { $0.pendingByteCount })
        }
        registry.gauge(
            "holdfast_index_lag_blocks", help: "Blocks that are not in the index on disk yet."
        ) { Double(log.state.withLock { $0.unindexedBlockCount }) }
        registry.gauge("holdfast_meta_queue_changes", help: "Changes that wait for the lane.") {
            Double(meta.state.withLock { $0.queuedCount })
        }
    }

    private func addLane(
        _ name: String, _ figures: LaneFigures, _ holder: DatabaseHolder,
        to registry: MetricRegistry
    ) {
        let labels = [(name: "database", value: name)]
        registry.counter(
            "holdfast_database_batches_total", help: "Batches written.", labels: labels
        ) { Double(figures.batches.value) }
        registry.counter(
            "holdfast_database_items_total", help: "Entries written.", labels: labels
        ) { Double(figures.items.value) }
        registry.counter(
            "holdfast_database_write_errors_total", help: "Writes that failed.", labels: labels
        ) { Double(figures.failures.value) }
        registry.gauge(
            "holdfast_database_memory_bytes", help: "LevelDB's own memory.", labels: labels
        ) { holder.figure("leveldb.approximate-memory-usage") }
        for level in 0..<7 {
            registry.gauge(
                "holdfast_database_files", help: "Table files.",
                labels: labels + [(name: "level", value: "\(level)")]
            ) { holder.figure("leveldb.num-files-at-level\(level)") }
        }
    }
}

extension DatabaseHolder {
    /// One of LevelDB's own numbers; 0 while the database is closed, or being reopened.
    fileprivate func figure(_ name: String) -> Double {
        currentIfOpen?.property(name).flatMap { Double($0) } ?? 0
    }
}
