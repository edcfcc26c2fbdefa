/// The result of a computation that another thread is working on.
package final class Pending<Value: Sendable>: Sendable {
    private let slot = Monitor<Value?>(nil)

    /// Starts without a result.
    package init() {}

    /// Sets the result and wakes whoever waits. To be called once.
    package func fulfil(_ value: Value) {
        slot.notify { slot in
            precondition(slot == nil, "a result can be set once")
            slot = value
        }
    }

    /// Waits for the result.
    ///
    /// - Parameter deadline: when to give up.
    /// - Returns: the result, or nil when the deadline passed first.
    package func value(by deadline: Deadline) -> Value? {
        slot.wait(by: deadline) { $0 }
    }

    /// Waits for the result of a computation that is sure to end (no I/O with a peer in it).
    package func value() -> Value {
        guard let value = slot.wait(by: .never, until: { $0 }) else {
            preconditionFailure("a wait without a deadline ends with a result")
        }
        return value
    }
}
