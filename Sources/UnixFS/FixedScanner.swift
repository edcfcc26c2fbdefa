import Buffers

/// Finds the ends of chunks of one length.
struct FixedScanner: Sendable {
    private let byteCount: Int
    private var missing: Int

    init(byteCount: Int) {
        precondition(byteCount > 0, "a chunk has at least one byte")
        self.byteCount = byteCount
        missing = byteCount
    }

    /// Goes over the next bytes of the input.
    ///
    /// - Returns: how many of them belong to the chunk that ends in them; nil if none ends.
    mutating func scan(_ bytes: Bytes) -> Int? {
        guard bytes.count >= missing else {
            missing -= bytes.count
            return nil
        }
        defer { missing = byteCount }
        return missing
    }
}
