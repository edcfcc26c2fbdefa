extension MultihashCode {
    /// The name in the multihash table, in lower case; nil for numbers that it does not have.
    package var name: String? { fatalError("not built yet") }

    /// Finds a hash function by its name, upper or lower case; `sha3` is `sha3-512`.
    package init?(name: String) { fatalError("not built yet") }
}
