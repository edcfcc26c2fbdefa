import Buffers

extension CID {
    /// Reads the text form of either version.
    ///
    /// Version 0 is `Qm` and 44 more characters of base58btc; everything else starts with the prefix
    /// of its base.
    ///
    /// - Throws: `.cid`, `.multibase` or what the binary form throws; callers put `invalid cid: `
    ///   in front.
    package init(parsing text: some StringProtocol) throws(MultiformatsError) {
        let text = String(text)
        let count = text.utf8.count
        guard count >= 2 else { throw MultiformatsError(.cid, "cid too short") }
        guard count <= Limits.textBytesMax else { throw MultiformatsError(.cid, "cid too long") }
        if let cid = Self.fromUsualBase32(text) {
            self = cid
        } else if count == 46, text.utf8.starts(with: "Qm".utf8) {
            self = .v0(try Self.version0Multihash(text))
        } else {
            self = try CID(bytes: try Multibase.decode(text).bytes)
            guard version == .v1 else {
                throw MultiformatsError(
                    .cid, "version 0 CID string must not include multibase prefix")
            }
        }
    }

    /// The text form.
    ///
    /// - Parameter base: nil for the usual one, base58btc without prefix for version 0 and base32
    ///   for version 1. Version 0 has no other form and ignores the base.
    package func text(in base: Multibase? = nil) -> String {
        if version == .v0 { return Multibase.base58btc.encodeWithoutPrefix(bytes) }
        return (base ?? .base32).encode(bytes)
    }

    private static func version0Multihash(_ text: String) throws(MultiformatsError) -> Multihash {
        let multihash = try Multihash(bytes: Multibase.base58btc.decodeWithoutPrefix(text))
        guard multihash.fitsVersion0 else {
            throw MultiformatsError(.cid, "expected 32 byte sha2-256 multihash in cid v0")
        }
        return multihash
    }
}

extension CID: CustomStringConvertible {
    package var description: String { text() }
}
