/// Runs CPU work in pieces on one thread per processor: hashing, encoding, read-ahead.
///
/// The queue is bounded. When it is full the caller does the piece itself, so a connection thread is
/// a worker too and the pool can never deadlock its callers. A piece must not wait for another piece
/// of the pool.
package final class WorkPool: Sendable {
    private struct Queue {
        /// Nil where a piece has been taken: what it captures must not live as long as the array.
        private var pieces: [(@Sendable () -> Void)?] = []
        /// Index of the next piece to run; what stands before it has been taken.
        private var head = 0
        var isClosed = false

        var count: Int { pieces.count - head }

        mutating func take() -> (@Sendable () -> Void)? {
            guard head < pieces.count else { return nil }
            let piece = pieces[head]
            pieces[head] = nil
            head += 1
            // A queue that is never empty has to give up its used front as well.
            if head == pieces.count || head == 256 {
                pieces.removeFirst(head)
                head = 0
            }
            return piece
        }

        mutating func append(_ piece: @escaping @Sendable () -> Void) { pieces.append(piece) }
    }

    private let queue: Monitor<Queue>
    private let capacity: Int
    private let threads: [Thread]

    /// How many threads work.
    package let width: Int

    /// The pool of the process: one thread per processor.
    package static let shared = WorkPool(width: ProcessorCount.available)

    /// Starts a pool.
    ///
    /// - Parameters:
    ///   - width: threads.
    ///   - capacity: pieces that may wait; callers do further ones themselves.
    package init(width: Int, capacity: Int = 256) {
        self.width = width
        self.capacity = capacity
        let queue = Monitor(Queue())
        self.queue = queue
        threads = (0..<width).map { index in
            Thread(name: "work-\(index)") { Self.work(on: queue) }
        }
    }

    /// Ends the threads after the pieces that wait have run. For tests and for the end of a process.
    package func close() {
        queue.notify { $0.isClosed = true }
        for thread in threads { thread.join() }
    }

    /// Runs a piece on the pool, or at once on this thread if the queue is full.
    package func submit(_ piece: @escaping @Sendable () -> Void) {
        let isQueued = queue.notifyOne { queue in
            guard queue.count < capacity, !queue.isClosed else { return false }
            queue.append(piece)
            return true
        }
        if !isQueued { piece() }
    }

    /// Starts a computation and returns a handle to its result.
    ///
    /// - Parameter compute: runs on the pool, or at once on this thread if the queue is full.
    /// - Returns: the handle; `value()` waits.
    package func start<Value: Sendable>(_ compute: @escaping @Sendable () -> Value) -> Pending<
        Value
    > {
        let pending = Pending<Value>()
        submit { pending.fulfil(compute()) }
        return pending
    }

    private static func work(on queue: Monitor<Queue>) {
        while true {
            let next = queue.wait(by: .never) { queue -> Optional<(@Sendable () -> Void)?> in
                if let piece = queue.take() { return .some(piece) }
                return queue.isClosed ? .some(nil) : .none
            }
            guard let piece = next ?? nil else { return }
            piece()
        }
    }
}
