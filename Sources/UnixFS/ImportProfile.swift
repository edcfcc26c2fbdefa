/// A named set of options that gives the same CIDs on every implementation (IPIP-499).
package struct ImportProfile: Hashable, Sendable {
    /// As users write it.
    package let name: String

    /// What Kubo has always done; the default.
    package static let unixfsV0 = ImportProfile(name: "unixfs-v0-2015")
    /// CIDv1, 1 MiB chunks, 1024 links, raw leaves.
    package static let unixfsV1 = ImportProfile(name: "unixfs-v1-2025")

    private init(name: String) { self.name = name }

    /// Finds a profile by its name or alias.
    ///
    /// - Throws: `.invalidOption` for unknown names, with a hint for Kubo's former test profiles.
    package init(named name: String) throws(UnixFSError) {
        switch name {
        case "unixfs-v0-2015", "legacy-cid-v0": self = .unixfsV0
        case "unixfs-v1-2025": self = .unixfsV1
        case "test-cid-v1", "test-cid-v1-wide":
            throw .option("profile \(name) no longer exists: use unixfs-v1-2025")
        default:
            throw .option(
                "unknown profile: \(name) (allowed: unixfs-v0-2015, legacy-cid-v0, unixfs-v1-2025)")
        }
    }
}
