import Buffers

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
            parts += [.text(String(text)), part]
            if case .linkName = part { isNaming = true }
            text = String.UnicodeScalarView()
            rest = rest.dropFirst(word.count)
        }
        self.parts = parts + [.text(String(text))]
        namesLinks = isNaming
    }

    /// Bytes that a text takes at most, with the name beside it.
    func byteCount(source: String, destination: String, linkName: Bytes) -> Int {
        // Bytes that are no text become a mark of three.
        let name = 3 * linkName.count
        return parts.reduce(namesLinks ? name : 0) { sum, part in
            switch part {
            case .text(let text): sum + text.utf8.count
            case .source: sum + source.utf8.count
            case .destination: sum + destination.utf8.count
            case .linkName: sum + name
            }
        }
    }

    /// The text for one link.
    func text(source: String, destination: String, linkName: String) -> String {
        parts.reduce(into: "") { text, part in
            switch part {
            case .text(let own): text += own
            case .source: text += source
            case .destination: text += destination
            case .linkName: text += linkName
            }
        }
    }
}
