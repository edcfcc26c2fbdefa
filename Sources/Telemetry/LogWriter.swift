import Buffers
import Execution

/// The thread that writes log lines, and the bounded queue in front of it.
final class LogWriter: Sendable {
    private struct Queue {
        var lines: [String] = []
        var byteCount = 0
        var droppedCount: UInt64 = 0
        var reportedDropCount: UInt64 = 0
        var isClosed = false
    }

    private let queue: Monitor<Queue>
    private let thread: Thread
    private let isJoined = Locked(false)

    init(file: File) {
        let queue = Monitor(Queue())
        self.queue = queue
        thread = Thread(name: "log-writer") { Self.run(queue, file) }
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

    private static func run(_ queue: Monitor<Queue>, _ file: File) {
        while let lines = nextLines(queue) {
            // A log that cannot be written (closed pipe, full disk) must not stop the node.
            try? file.write(Bytes(utf8: lines.joined()))
        }
    }

    /// Waits for lines; nil when the log is closed and empty.
    private static func nextLines(_ queue: Monitor<Queue>) -> [String]? {
        let lines = queue.wait(by: .never) { queue -> [String]? in
            guard !queue.lines.isEmpty || queue.isClosed else { return nil }
            var lines = queue.lines
            queue.lines = []
            queue.byteCount = 0
            if queue.droppedCount > queue.reportedDropCount {
                lines.append(dropReport(queue.droppedCount - queue.reportedDropCount))
                queue.reportedDropCount = queue.droppedCount
            }
            return lines
        }
        guard let lines, !lines.isEmpty else { return nil }
        return lines
    }

    private static func dropReport(_ count: UInt64) -> String {
        LogLine(
            time: .now, level: .warning, message: "log lines were dropped: the writer is too slow",
            fields: [.integer("droppedCount", Int(count))]
        ).text(in: .json)
    }
}
