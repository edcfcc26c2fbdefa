/// The value of `If-Match` or `If-None-Match`.
package enum EntityTagList: Sendable, Equatable {
    /// `*`: every representation that exists.
    case any

    /// The tags of the list, up to the first element that is none.
    case tags([EntityTag])

    /// Reads a field value; a list that does not parse ends before its bad element.
    package init(parsing text: String) {
        var rest = Substring(text).trimmingBlanks
        if rest == "*" {
            self = .any
            return
        }
        var tags: [EntityTag] = []
        while true {
            rest = rest.trimmingBlanks
            while rest.utf8.first == UInt8(ascii: ",") {
                rest = rest[rest.utf8.index(after: rest.startIndex)...].trimmingBlanks
            }
            guard let tag = EntityTag.take(from: &rest) else { break }
            tags.append(tag)
        }
        self = .tags(tags)
    }

    /// Whether a representation with one of these tags is meant, weakness not counting.
    package func matchesWeakly(_ candidates: [EntityTag]) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags):
            tags.contains { tag in candidates.contains { $0.matchesWeakly(tag) } }
        }
    }

    /// Whether the very bytes with this tag are meant.
    package func matchesStrongly(_ candidate: EntityTag) -> Bool {
        switch self {
        case .any: true
        case .tags(let tags): tags.contains { $0.matchesStrongly(candidate) }
        }
    }
}
