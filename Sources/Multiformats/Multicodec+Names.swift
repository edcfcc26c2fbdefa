extension Multicodec {
    /// The name in the multicodec table; nil for numbers that it does not have.
    package var name: String? { fatalError("not built yet") }

    /// Finds a codec by its name in the multicodec table.
    package init?(name: String) { fatalError("not built yet") }
}
