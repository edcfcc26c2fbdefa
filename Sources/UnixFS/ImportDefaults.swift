package import Multiformats

/// The part `import` of the configuration: what applies where a request says nothing.
///
/// - Spec: Kubo's `docs/config.md`, `Import`.
package struct ImportDefaults: Hashable, Sendable {
    /// 0 or 1.
    package var cidVersion = 0
    /// Raw leaves; nil follows the CID version.
    package var rawLeaves: Bool?
    /// Where files are cut.
    package var chunker = Chunker.Specification.fixed(262_144)
    /// The hash of every block.
    package var hash: MultihashCode = .sha2_256
    /// Children of a file node.
    package var fileMaxLinks = 174
    /// Entries of a plain directory; 0 is no limit.
    package var directoryMaxLinks = 0
    /// Children of a HAMT node.
    package var hamtMaxFanout = 256
    /// Bytes; a directory whose estimate is greater becomes a HAMT.
    package var hamtThreshold = 262_144
    /// What is compared with the threshold.
    package var hamtSizeEstimate = ImportOptions.SizeEstimate.links
    /// How the leaves of a file are put together.
    package var layout = FileLayout.Kind.balanced

    /// Kubo's defaults, the profile `unixfs-v0-2015`.
    package init() {}

    /// The defaults of a profile.
    package init(profile: ImportProfile) {
        guard profile == .unixfsV1 else { return }
        cidVersion = 1
        rawLeaves = true
        chunker = .fixed(1_048_576)
        fileMaxLinks = 1024
        hamtSizeEstimate = .block
    }
}

extension Limits {
    /// Whether shards may have so many children.
    static func allows(fanout count: Int) -> Bool {
        fanout.contains(count) && count & (count - 1) == 0
    }
}
