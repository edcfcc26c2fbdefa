package import Buffers

/// The names and values of a query string, form-decoded, in their order.
///
/// They are taken out of the text as they are asked for: a query of 8 KiB may have 4,000 of them, and a
/// thousand requests that wait would keep the lists.
///
/// Names and values are bytes: an argument may name an entry that is not UTF-8, and a name is only
/// found by its own bytes. Pairs with bad percent coding are dropped, as Go does;
/// `RequestTarget.query` keeps the raw text for those who must hand it on unchanged.
package struct QueryItems: Sequence, Sendable {
    /// One pair.
    package struct Item: Sendable, Equatable {
        /// What stands before the `=`.
        package let nameBytes: Bytes
        /// What stands behind it; empty without an `=`.
        package let valueBytes: Bytes

        package init(nameBytes: Bytes, valueBytes: Bytes) {
            self.nameBytes = nameBytes
            self.valueBytes = valueBytes
        }

        /// The name as text; bytes that are not UTF-8 are replaced.
        package var name: String { nameBytes.displayText }
        /// The value as text; bytes that are not UTF-8 are replaced.
        package var value: String { valueBytes.displayText }
    }

    private let text: Bytes

    /// Reads a raw query, without its question mark; nil has no pairs.
    package init(parsing query: Substring?) {
        self.init(parsing: query.map { Bytes(utf8: $0) } ?? .empty)
    }

    /// Reads a raw query, without its question mark.
    package init(parsing query: Bytes) { text = query }

    /// Bytes of the whole query.
    package var byteCount: Int { text.count }

    /// Goes through the pairs in their order.
    package func makeIterator() -> Iterator { Iterator(rest: text) }

    /// Goes through the pairs; what they have in common with the query they share with it.
    package struct Iterator: IteratorProtocol {
        fileprivate var rest: Bytes

        /// The next pair that can be decoded; nil at the end.
        package mutating func next() -> Item? {
            while !rest.isEmpty {
                let end = rest.firstIndex(of: UInt8(ascii: "&")) ?? rest.count
                let pair = rest.prefix(end)
                rest = rest.dropFirst(end + 1)
                if let item = Self.item(pair) { return item }
            }
            return nil
        }

        private static func item(_ pair: Bytes) -> Item? {
            guard !pair.isEmpty else { return nil }
            let equals = pair.firstIndex(of: UInt8(ascii: "="))
            let value = equals.map { pair.dropFirst($0 + 1) } ?? .empty
            guard let name = try? PercentCoding.decodeForm(pair.prefix(equals ?? pair.count)),
                let value = try? PercentCoding.decodeForm(value)
            else { return nil }
            return Item(nameBytes: name, valueBytes: value)
        }
    }

    /// Whether there are no pairs.
    package var isEmpty: Bool { first { _ in true } == nil }

    /// The first value of a name.
    package subscript(name: String) -> String? { first { $0.nameBytes.spells(name) }?.value }

    /// Whether a name occurs, with or without a value.
    package func contains(_ name: String) -> Bool { contains { $0.nameBytes.spells(name) } }
}
