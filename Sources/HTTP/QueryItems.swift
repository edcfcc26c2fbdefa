/// The names and values of a query string, form-decoded, in their order.
///
/// Pairs with bad percent coding are dropped, as Go does; `RequestTarget.query` keeps the raw text
/// for those who must hand it on unchanged.
package struct QueryItems: Sendable, Equatable {
    /// One pair.
    package struct Item: Sendable, Equatable {
        /// What stands before the `=`.
        package let name: String
        /// What stands behind it; empty without an `=`.
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All pairs.
    package let items: [Item]

    /// Reads a raw query, without its question mark; nil has no pairs.
    package init(parsing query: String?) {
        guard let query, !query.isEmpty else {
            items = []
            return
        }
        items = query.utf8.split(separator: UInt8(ascii: "&")).compactMap { pair in
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.flatMap(Self.decoded) else { return nil }
            guard parts.count == 2 else { return Item(name: name, value: "") }
            return Self.decoded(parts[1]).map { Item(name: name, value: $0) }
        }
    }

    /// The first value of a name.
    package subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// Every value of a name, in order.
    package func all(_ name: String) -> [String] {
        items.compactMap { $0.name == name ? $0.value : nil }
    }

    /// Whether a name occurs, with or without a value.
    package func contains(_ name: String) -> Bool { items.contains { $0.name == name } }

    private static func decoded(_ part: Substring.UTF8View) -> String? {
        try? PercentCoding.decodeForm(Substring(part))
    }
}
