extension Bytes {
    /// How much memory these bytes keep from being freed: the whole region that they are a slice of.
    package var heldByteCount: Int { region?.byteCount ?? 0 }

    /// The same bytes for whoever keeps them for as long as a stranger likes: in memory of their own where
    /// they would keep more than a quarter besides.
    ///
    /// - Complexity: copies them then.
    package func detached() -> Bytes { compacted(slackByteCount: max(64, count / 4)) }

    /// The same bytes in memory of their own, for what is kept: a digest that is a slice of a block
    /// would keep the block.
    ///
    /// - Parameter slackByteCount: unused bytes of the region that are not worth a copy.
    /// - Returns: these very bytes when the region has no more to spare than that.
    /// - Complexity: copies them otherwise.
    package func compacted(slackByteCount: Int = 64) -> Bytes {
        guard heldByteCount - count > slackByteCount else { return self }
        return withSpan { Bytes(copying: $0) }
    }
}
