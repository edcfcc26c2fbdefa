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
    case link(CID)

    /// One key of a map with its value.
    package struct Entry: Sendable {
        package let key: String
        package let value: IPLDValue

        package init(key: String, value: IPLDValue) {
            self.key = key
            self.value = value
        }
    }
}
