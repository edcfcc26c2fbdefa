package import Execution

/// Writes what happens as lines: one JSON object each for machines, or text for people.
///
/// Lines go through a bounded queue to one writer thread, so a slow terminal or disk never holds up
/// a request; what does not fit or cannot be written is dropped, counted, and the count is logged when
/// there is room.
/// Keys, tokens and the contents of blocks are never logged: there is no field type for them.
package final class Log: Sendable {
    /// How much a line matters.
    package enum Level: Int, Comparable, Sendable, CaseIterable {
        case debug, info, warning, error

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }

        /// The word in the configuration and in the lines.
        package var word: String {
            switch self {
            case .debug: "debug"
            case .info: "info"
            case .warning: "warning"
            case .error: "error"
            }
        }
    }

    /// How lines look.
    package enum Format: String, Sendable, CaseIterable {
        /// `12:34:56 info  node ready public=127.0.0.1:8080`
        case human
        /// `{"time":"…","level":"info","message":"node ready","public":"127.0.0.1:8080"}`
        case json
    }

    /// The least level that is written.
    package let level: Level
    private let format: Format
    private let writer: LogWriter

    /// Starts the writer thread.
    ///
    /// - Parameters:
    ///   - level: lines below it are dropped before they are built.
    ///   - format: for people or for machines.
    ///   - file: where lines go, usually standard error.
    package init(level: Level, format: Format, to file: File) {
        self.level = level
        self.format = format
        writer = LogWriter(format) { try file.write($0) }
    }

    /// A log that drops everything. For tests and for commands without a log.
    package static let silent = Log(
        level: .error, format: .human, to: File(descriptor: -1, name: "no log"))

    /// Writes out what waits and ends the writer thread.
    package func close() { writer.close() }

    /// Something for developers.
    package func debug(_ message: @autoclosure () -> String, _ fields: [LogField] = []) {
        write(.debug, message(), fields)
    }

    /// Something that an operator may want to know.
    package func info(_ message: @autoclosure () -> String, _ fields: [LogField] = []) {
        write(.info, message(), fields)
    }

    /// Something that may need attention.
    package func warning(_ message: @autoclosure () -> String, _ fields: [LogField] = []) {
        write(.warning, message(), fields)
    }

    /// Something that needs attention; the message says what to do.
    package func error(_ message: @autoclosure () -> String, _ fields: [LogField] = []) {
        write(.error, message(), fields)
    }

    private func write(_ level: Level, _ message: @autoclosure () -> String, _ fields: [LogField]) {
        guard level >= self.level else { return }
        let line = LogLine(time: .now, level: level, message: message(), fields: fields)
        writer.enqueue(line.text(in: format))
    }
}
