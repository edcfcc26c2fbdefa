import Buffers
import Execution

/// Standard output or standard error: collects small texts into large writes.
///
/// On a terminal, texts are made printable first: much of what the program prints was written by
/// strangers. In a pipe or a file they stay as they are, so that scripts get the exact names; but errors
/// are for people wherever they go.
///
/// One thread uses it. Nothing is written before `flush`, unless a lot has been collected.
final class TextOutput {
    private let file: File
    private var pending: [UInt8] = []
    private var hasWritten = false
    /// Whether a person reads it just now.
    let isTerminal: Bool
    private let escapes: Bool

    /// - Parameters:
    ///   - descriptor: where it goes.
    ///   - name: what errors call that.
    ///   - isForPeople: whether texts are made printable in a pipe or a file too.
    init(descriptor: Int32, name: String, isForPeople: Bool = false) {
        file = File(descriptor: descriptor, name: name)
        isTerminal = file.isTerminal
        escapes = isTerminal || isForPeople
    }

    /// Writes to a file as if it were a terminal, or as if it were none.
    init(_ file: File, isTerminal: Bool) {
        self.file = file
        self.isTerminal = isTerminal
        escapes = isTerminal
    }

    /// Takes a text.
    func write(_ text: String) throws(FileError) {
        try collect((escapes ? PrintableName.forTerminal(text) : text).utf8)
    }

    /// Takes a text and ends the line. For people it is one line whatever is in it: a name with a newline
    /// must not look like two lines of ours.
    func line(_ text: String) throws(FileError) {
        try collect((escapes ? PrintableName.forTerminalLine(text) : text).utf8)
        try collect(CollectionOfOne(UInt8(ascii: "\n")))
    }

    /// Takes a text that came as bytes, and ends the line.
    func line(_ text: Bytes) throws(FileError) {
        if escapes { return try line(text.displayText) }
        try self.text(text)
        try collect(CollectionOfOne(UInt8(ascii: "\n")))
    }

    /// Takes a text that came as bytes, and does not end within a character.
    func text(_ text: Bytes) throws(FileError) {
        if escapes { return try write(text.displayText) }
        try collect(text.array)
    }

    /// Takes one of the program's own control sequences.
    func control(_ sequence: TerminalSequence) throws(FileError) {
        try collect(sequence.rawValue.utf8)
    }

    /// Writes content without collecting or changing it.
    func write(_ bytes: Bytes) throws(FileError) {
        try flush()
        hasWritten = true
        try file.write(bytes)
    }

    /// Writes what has been collected.
    func flush() throws(FileError) {
        guard !pending.isEmpty else { return }
        let bytes = Bytes(pending)
        pending.removeAll(keepingCapacity: true)
        hasWritten = true
        try file.write(bytes)
    }

    /// Writes what has been collected, for the last time.
    ///
    /// - Throws: also for what a file system tells only at the end of a file.
    func finish() throws(FileError) {
        try flush()
        if hasWritten { try file.checkWritten() }
    }

    private func collect(_ bytes: some Sequence<UInt8>) throws(FileError) {
        pending += bytes
        if pending.count >= Self.pendingByteCountMax { try flush() }
    }

    private static let pendingByteCountMax = 64 * 1_024
}

/// What the program says to a terminal rather than to a person.
enum TerminalSequence: String {
    /// To the start of the line, and the line away.
    case clearLine = "\r\u{1B}[2K"
    /// To the start of the line.
    case lineStart = "\r"
}
