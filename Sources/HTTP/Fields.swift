/// The header or trailer fields of a message, in their order and with their spelling.
///
/// Names are compared without regard to case. A section has some ten fields, so everything is a
/// linear search: that is faster than hashing at this size and keeps the order for free.
package struct Fields: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One line of the section.
    package struct Field: Sendable, Equatable {
        /// The name as it was written.
        package let name: String

        /// The value without the blanks around it.
        package var value: String
    }

    /// The fields in their order: for loops, which are slower over a collection of another module.
    package private(set) var entries: [Field] = []

    /// Starts empty.
    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        entries = elements.map { Field(name: $0.0, value: $0.1) }
    }

    /// The value of the first field of a name. Setting replaces all fields of the name; nil removes
    /// them.
    package subscript(name: String) -> String? {
        get { entries.first { $0.name.equalsIgnoringASCIICase(name) }?.value }
        set {
            guard let newValue else {
                remove(name)
                return
            }
            guard let index = entries.firstIndex(where: { $0.name.equalsIgnoringASCIICase(name) })
            else {
                append(name, newValue)
                return
            }
            entries[index].value = newValue
            guard let rest = indexOfSecond(name, after: index) else { return }
            entries[rest...].removeAll { $0.name.equalsIgnoringASCIICase(name) }
        }
    }

    /// Every value of a name, in order.
    package func all(_ name: String) -> [String] {
        entries.compactMap { $0.name.equalsIgnoringASCIICase(name) ? $0.value : nil }
    }

    /// The values of a name joined by commas into the one list that they mean (RFC 9110, 5.3), or
    /// nil without such a field.
    package func joined(_ name: String) -> String? {
        let values = all(name)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }

    /// Whether there is a field of that name, whatever its value.
    package func contains(_ name: String) -> Bool {
        entries.contains { $0.name.equalsIgnoringASCIICase(name) }
    }

    /// Adds a field behind the others, also if the name is there already.
    package mutating func append(_ name: String, _ value: String) {
        if entries.isEmpty { entries.reserveCapacity(Self.usualCount) }
        entries.append(Field(name: name, value: value))
    }

    /// Removes all fields of a name.
    package mutating func remove(_ name: String) {
        entries.removeAll { $0.name.equalsIgnoringASCIICase(name) }
    }

    /// Whether a list of tokens under a name (`Connection`, `Transfer-Encoding`) holds one token.
    package func list(_ name: String, contains token: String) -> Bool {
        entries.contains { field in
            field.name.equalsIgnoringASCIICase(name)
                && ListElements(field.value).contains { $0.equalsIgnoringASCIICase(token) }
        }
    }

    /// What an answer with its CORS fields has.
    private static let usualCount = 12

    private func indexOfSecond(_ name: String, after index: Int) -> Int? {
        entries[(index + 1)...].firstIndex { $0.name.equalsIgnoringASCIICase(name) }
    }
}

extension Fields: RandomAccessCollection {
    /// Always 0.
    package var startIndex: Int { 0 }
    /// How many fields there are.
    package var endIndex: Int { entries.count }
    /// The field at a place in the section.
    package subscript(index: Int) -> Field { entries[index] }
}
