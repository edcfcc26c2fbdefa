import Buffers
import Execution

/// The thread that writes log lines, and the bounded queue in front of it.
final class LogWriter: Sendable {
    private struct Queue {
        var lines: [String] = []
        var byteCount = 0
        /// Lines that did not fit or were not written, since the last report that was.
        var droppedCount = 0
        var isClosed = false

        /// Takes what waits.
        mutating func take() -> Batch {
            defer { (lines, byteCount, droppedCount) = ([], 0, 0) }
            return Batch(lines: lines, droppedCount: droppedCount)
        }
    }

    /// What is written at once.
    private struct Batch {
        let lines: [String]
        /// Reported behind the lines.
        let droppedCount: Int

        func bytes(_ format: Log.Format) -> Bytes {
            Bytes(utf8: lines.joined() + (droppedCount > 0 ? report(format) : ""))
        }

        private func report(_ format: Log.Format) -> String {
            LogLine(
                time: .now, level: .warning,
                message: "log lines were dropped: writing them is too slow, or has failed",
                fields: [.integer("droppedCount", droppedCount)]
            ).text(in: format)
        }
    }

    private let queue: Monitor<Queue>
    private let thread: Thread
    private let isJoined = Locked(false)

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - format: of its own lines.
    ///   - write: called on the thread.
    init(_ format: Log.Format, write: @escaping @Sendable (Bytes) throws -> Void) {
        let queue = Monitor(Queue())
        self.queue = queue
        thread = Thread(name: "log-writer") { Self.run(queue, format, write) }
    }

    func enqueue(_ line: String) {
        queue.notify { queue in
            let byteCount = line.utf8.count
            guard queue.lines.count < Limits.logLinesMax,
                queue.byteCount + byteCount <= Limits.logBytesMax, !queue.isClosed
            else {
                queue.droppedCount += 1
                return
            }
            queue.lines.append(line)
            queue.byteCount += byteCount
        }
    }

    func close() {
        queue.notify { $0.isClosed = true }
        let isFirst = isJoined.withLock { joined in
            defer { joined = true }
            return !joined
        }
        if isFirst { thread.join() }
    }

    private static func run(
        _ queue: Monitor<Queue>, _ format: Log.Format, _ write: (Bytes) throws -> Void
    ) {
        while let batch = nextBatch(queue) {
            do { try write(batch.bytes(format)) } catch {
                // A log that cannot be written (closed pipe, full disk) must not stop the node. Some of
                // the lines may have been written: nobody tells how many.
                queue.withLock { $0.droppedCount += batch.lines.count + batch.droppedCount }
            }
        }
        let last = queue.withLock { $0.take() }
        if last.droppedCount > 0 { try? write(last.bytes(format)) }
    }

    /// Waits for lines; nil when the log is closed and empty.
    private static func nextBatch(_ queue: Monitor<Queue>) -> Batch? {
        let batch = queue.wait(by: .never) { queue -> Batch?? in
            if !queue.lines.isEmpty { return queue.take() }
            return queue.isClosed ? .some(nil) : nil
        }
        return batch ?? nil
    }
}
