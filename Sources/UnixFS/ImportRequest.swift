package import Multiformats

/// The options of one `add` as given; nil is not given, which is not the same as the default.
///
/// - Spec: Kubo RPC API, `add`.
package struct ImportRequest: Hashable, Sendable {
    /// `--profile`.
    package var profile: String?
    /// `--cid-version`.
    package var cidVersion: Int?
    /// `--raw-leaves`.
    package var rawLeaves: Bool?
    /// `--hash`, looked up by the caller: the names belong to `Vault.HashFunction`.
    package var hash: MultihashCode?
    /// `--chunker`.
    package var chunker: String?
    /// `--trickle`.
    package var trickle: Bool?
    /// `--max-file-links`; 0 or less means 174.
    package var maxFileLinks: Int?
    /// `--max-directory-links`; 0 or less means no limit.
    package var maxDirectoryLinks: Int?
    /// `--max-hamt-fanout`.
    package var maxHAMTFanout: Int?
    /// `--inline`.
    package var inline = false
    /// `--inline-limit`.
    package var inlineLimit: Int?
    /// `--preserve-mode`.
    package var preserveMode = false
    /// `--preserve-mtime`.
    package var preserveMtime = false
    /// `--mode` as a number; only 9 bits are kept, and 0 counts as not given.
    package var mode: UInt64?
    /// `--mtime` in seconds; 0 counts as not given.
    package var mtime: Int64?
    /// `--mtime-nsecs`.
    package var mtimeNanoseconds: Int64?
    /// `--wrap-with-directory`.
    package var wrapWithDirectory = false
    /// `--hidden`.
    package var hidden = false
    /// `--empty-dirs`.
    package var emptyDirectories = true
    /// `--only-hash`.
    package var onlyHash = false
    /// `--pin`.
    package var pin = true
    /// `--pin-name`.
    package var pinName: String?
    /// `--to-files`.
    package var toFiles: String?

    /// A request that gives nothing.
    package init() {}
}
