import Buffers

extension CID {
    /// Reads the text form of either version.
    ///
    /// - Throws: `.cid`, `.multibase` or what the binary form throws; callers put `invalid cid: `
    ///   in front.
    package init(parsing text: some StringProtocol) throws(MultiformatsError) {
        fatalError("not built yet")
    }

    /// The text form.
    ///
    /// - Parameter base: nil for the usual one, base58btc without prefix for version 0 and base32
    ///   for version 1. Version 0 has no other form and ignores the base.
    package func text(in base: Multibase? = nil) -> String {
        fatalError("not built yet")
    }
}

extension CID: CustomStringConvertible {
    package var description: String { text() }
}
