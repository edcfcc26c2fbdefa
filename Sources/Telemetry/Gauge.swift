import Synchronization

/// A number that goes up and down: connections, bytes in use, the age of a cursor.
package final class Gauge: Sendable {
    private let stored = Atomic<Int>(0)

    /// Starts at zero.
    package init() {}

    /// Sets the number.
    package func set(_ value: Int) { stored.store(value, ordering: .relaxed) }

    /// Adds to the number; a negative amount takes away.
    package func add(_ amount: Int) { stored.wrappingAdd(amount, ordering: .relaxed) }

    /// The number now.
    package var value: Int { stored.load(ordering: .relaxed) }
}
