import Buffers
import JSON

/// How `refs` writes a link: text with `<src>`, `<dst>` and `<linkname>` in it, taken apart once.
struct ReferenceFormat {
    private enum Part {
        case text(String)
        case source
        case destination
        case linkName
    }

    private static let words: [(String.UnicodeScalarView, Part)] = [
        ("<src>".unicodeScalars, .source), ("<dst>".unicodeScalars, .destination),
        ("<linkname>".unicodeScalars, .linkName),
    ]

    private let parts: [Part]
    /// Whether names of links are written.
    let namesLinks: Bool

    /// Takes a format apart.
    ///
    /// - Throws: for a long one: every field in it may become as long as a block.
    init(_ format: String) throws(RPCError) {
        guard format.utf8.count <= Limits.refsFormatBytesMax else {
            throw .failed("the format is longer than \(Limits.refsFormatBytesMax) bytes")
        }
        var (parts, isNaming): ([Part], Bool) = ([], false)
        var text = String.UnicodeScalarView()
        // By code points: a mark that combines with a bracket does not hide it.
        var rest = format.unicodeScalars[...]
        while let scalar = rest.first {
            guard let (word, part) = Self.words.first(where: { rest.starts(with: $0.0) }) else {
                text.append(scalar)
                rest.removeFirst()
                continue
            }
            if !text.isEmpty { parts.append(.text(String(text))) }
            parts.append(part)
            if case .linkName = part { isNaming = true }
            text = String.UnicodeScalarView()
            rest = rest.dropFirst(word.count)
        }
        if !text.isEmpty { parts.append(.text(String(text))) }
        self.parts = parts
        namesLinks = isNaming
    }

    /// The text for one link, which is not made before it is written: each name in it may be as long as a
    /// block.
    func text(source: String, destination: String, linkName: Bytes) -> JSONOutput {
        .joined(
            parts.map { part in
                switch part {
                case .text(let text): text
                case .source: source
                case .destination: destination
                case .linkName: nil
                }
            }, linkName)
    }
}
