package import Buffers
package import Multiformats

/// A value of the IPLD data model.
///
/// Texts are compared by their bytes, unlike Swift's own comparison, which holds different
/// normalisations of a text to be equal.
package enum IPLDValue: Sendable {
    case null
    case bool(Bool)
    /// From -2^64 to 2^64 - 1, the range of CBOR.
    case integer(Int128)
    case float(Double)
    case string(String)
    case bytes(Bytes)
    case list([IPLDValue])
    /// Entries in the order of the block, or of the writer.
    case map([Entry])
    /// Kept outside of the value, which makes lists of other kinds half as large.
    indirect case link(CID)

    /// The integers that CBOR has, and so all codecs here.
    package static let integerRange: ClosedRange<Int128> = -(1 << 64)...((1 << 64) - 1)

    /// One key of a map with its value.
    package struct Entry: Sendable {
        /// Any text, also an empty one.
        package let key: String
        /// Of any kind.
        package let value: IPLDValue

        package init(key: String, value: IPLDValue) {
            self.key = key
            self.value = value
        }
    }
}

extension IPLDValue: Equatable {
    package static func == (left: IPLDValue, right: IPLDValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.float(let a), .float(let b)): a.bitPattern == b.bitPattern
        case (.string(let a), .string(let b)): KeyOrder.isSame(a, b)
        case (.bytes(let a), .bytes(let b)): a == b
        case (.list(let a), .list(let b)): a == b
        case (.map(let a), .map(let b)): a == b
        case (.link(let a), .link(let b)): a == b
        default: false
        }
    }
}

extension IPLDValue.Entry: Equatable {
    package static func == (left: Self, right: Self) -> Bool {
        KeyOrder.isSame(left.key, right.key) && left.value == right.value
    }
}

extension IPLDValue {
    /// The value of a key, the first where a key is there twice; nil for other kinds.
    package subscript(key: String) -> IPLDValue? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { KeyOrder.isSame($0.key, key) }?.value
    }
}
