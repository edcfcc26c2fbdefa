package import Buffers

/// The names and values of a query string, form-decoded, in their order.
///
/// Names and values are bytes: an argument may name an entry that is not UTF-8, and a name is only
/// found by its own bytes. Pairs with bad percent coding are dropped, as Go does;
/// `RequestTarget.query` keeps the raw text for those who must hand it on unchanged.
package struct QueryItems: Sendable, Equatable {
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

    /// All pairs.
    package let items: [Item]

    /// Reads a raw query, without its question mark; nil has no pairs.
    package init(parsing query: String?) {
        self.init(parsing: query.map { Bytes(utf8: $0) } ?? .empty)
    }

    /// Reads a raw query, without its question mark.
    package init(parsing query: Bytes) {
        items = query.split(separator: UInt8(ascii: "&")).compactMap { pair in
            let equals = pair.firstIndex(of: UInt8(ascii: "="))
            let value = equals.map { pair.dropFirst($0 + 1) } ?? .empty
            guard let name = try? PercentCoding.decodeForm(pair.prefix(equals ?? pair.count)),
                let value = try? PercentCoding.decodeForm(value)
            else { return nil }
            return Item(nameBytes: name, valueBytes: value)
        }
    }

    /// The first value of a name.
    package subscript(name: String) -> String? {
        items.first { $0.nameBytes.spells(name) }?.value
    }

    /// Every value of a name, in order.
    package func all(_ name: String) -> [String] {
        items.compactMap { $0.nameBytes.spells(name) ? $0.value : nil }
    }

    /// Whether a name occurs, with or without a value.
    package func contains(_ name: String) -> Bool { items.contains { $0.nameBytes.spells(name) } }
}
