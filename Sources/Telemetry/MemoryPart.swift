package import Execution

/// A part of the node's memory that has a limit: a cache, a queue, a budget.
package struct MemoryPart: Sendable {
    /// What the label says: one word for each part.
    package let name: String
    /// Bytes that it may take.
    package let limit: Int
    /// Bytes that it takes now.
    package let inUse: @Sendable () -> Int
}

extension MetricRegistry {
    /// Adds a part to the account of the node's memory: to `holdfast_memory_bytes` and
    /// `holdfast_memory_limit_bytes`, by its name.
    ///
    /// - Parameters:
    ///   - name: one word, not used by another part.
    ///   - limit: bytes that it may take.
    ///   - inUse: bytes that it takes; runs on the asking thread, must be quick and must not block.
    package func memory(_ name: String, limit: Int, inUse: @escaping @Sendable () -> Int) {
        let labels = [(name: "part", value: name)]
        gauge(
            "holdfast_memory_bytes", help: "Memory of a part of the node.", labels: labels
        ) { Double(inUse()) }
        gauge(
            "holdfast_memory_limit_bytes", help: "The most that a part may take.", labels: labels
        ) { Double(limit) }
        add(MemoryPart(name: name, limit: limit, inUse: inUse))
    }

    /// Adds a budget to the account of the node's memory, under its own name.
    package func memory(_ budget: ByteBudget) {
        memory(budget.name, limit: budget.limit) { budget.inUse }
    }
}
