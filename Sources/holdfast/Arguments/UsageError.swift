/// What was typed makes no sense; the message says what was meant.
struct UsageError: Error, CustomStringConvertible {
    let message: String
    /// The words of the command that it is about, for the pointer to its help.
    let words: [String]

    init(_ message: String, words: [String] = []) {
        self.message = message
        self.words = words
    }

    var description: String { message }
}
