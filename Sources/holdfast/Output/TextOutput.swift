import Buffers
import Execution

/// Standard output or standard error: collects small texts into large writes.
///
/// One thread uses it. Nothing is written before `flush`, unless a lot has been collected.
final class TextOutput {
    private let file: File
    private var pending: [UInt8] = []

    init(descriptor: Int32, name: String) {
        file = File(descriptor: descriptor, name: name)
    }

    /// Whether a person reads it.
    var isTerminal: Bool { file.isTerminal }

    /// Takes a text as it is.
    func write(_ text: String) throws(FileError) {
        pending += text.utf8
        if pending.count >= Self.pendingByteCountMax { try flush() }
    }

    /// Takes a text and ends the line.
    func line(_ text: String) throws(FileError) { try write(text + "\n") }

    /// Writes bytes without collecting them.
    func write(_ bytes: Bytes) throws(FileError) {
        try flush()
        try file.write(bytes)
    }

    /// Writes what has been collected.
    func flush() throws(FileError) {
        guard !pending.isEmpty else { return }
        let bytes = Bytes(pending)
        pending.removeAll(keepingCapacity: true)
        try file.write(bytes)
    }

    private static let pendingByteCountMax = 64 * 1_024
}
