/// Breaks a text into lines.
enum TextWrap {
    /// Breaks at blanks; a word longer than a line stands alone.
    ///
    /// - Parameters:
    ///   - text: its own line breaks count as blanks.
    ///   - width: most characters of a line.
    /// - Returns: lines without the blanks at which they were broken.
    static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }
}
