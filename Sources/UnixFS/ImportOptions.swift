package import Multiformats

/// Everything that decides how files and folders become blocks, resolved and within its limits.
///
/// Made by `resolve(from:defaults:)`, or by hand in tests.
///
/// - Spec: IPIP-499; Kubo RPC API, `add`.
package struct ImportOptions: Hashable, Sendable {
    /// How a directory's size is estimated when it is decided whether it becomes a HAMT.
    package enum SizeEstimate: String, Sendable {
        /// Name bytes and CID bytes of all entries.
        case links
        /// The exact size of the plain directory's block.
        case block
        /// Size never converts; the limit on links still does.
        case disabled
    }

    /// 0 or 1. Raw blocks and inlined ones have version 1 in any case.
    package var cidVersion: CID.Version = .v0
    /// The hash of every block.
    package var hash: MultihashCode = .sha2_256
    /// Leaves as raw blocks, without a dag-pb node around them.
    package var rawLeaves = false
    /// Where files are cut.
    package var chunker = Chunker.Specification.fixed(262_144)
    /// How the leaves of a file are put together.
    package var layout = FileLayout.Kind.balanced
    /// Children of a file node; at least 2.
    package var maxFileLinks = 174
    /// A plain directory with more entries becomes a HAMT; 0 is no limit.
    package var maxDirectoryLinks = 0
    /// Children of a HAMT node: a power of two, 8 to 1024.
    package var maxHAMTFanout = 256
    /// A directory whose estimate is greater becomes a HAMT.
    package var hamtThreshold = 262_144
    /// What is compared with the threshold.
    package var hamtSizeEstimate = SizeEstimate.links
    /// Blocks of at most so many bytes become identity CIDs; nil inlines nothing.
    package var inlineLimit: Int?

    /// Whether modes come from the file system or the multipart part.
    package var preservesMode = false
    /// Whether times come from the file system or the multipart part.
    package var preservesMtime = false
    /// Mode of every file and directory; nil or 0 is not given.
    package var mode: UInt32?
    /// Time of every entry; nil is not given.
    package var mtime: ModificationTime?

    /// One more directory around the top-level entries.
    package var wrapsWithDirectory = false
    /// Whether names that begin with a dot are included.
    package var includesHidden = false
    /// Whether directories without visible entries are included.
    package var includesEmptyDirectories = true
    /// Compute CIDs, store nothing.
    package var onlyHash = false

    /// Kubo's defaults, the profile `unixfs-v0-2015`.
    package init() {}
}

extension ImportOptions {
    /// The profile whose CIDs these options give, if it is one of the two.
    package var profile: ImportProfile? {
        [ImportProfile.unixfsV0, .unixfsV1].first { candidate in
            let other = ImportOptions(profile: candidate)
            return (cidVersion, hash, rawLeaves, chunker, layout, inlineLimit)
                == (
                    other.cidVersion, other.hash, other.rawLeaves, other.chunker, other.layout,
                    other.inlineLimit
                )
                && (maxFileLinks, maxDirectoryLinks, maxHAMTFanout, hamtThreshold)
                    == (
                        other.maxFileLinks, other.maxDirectoryLinks, other.maxHAMTFanout,
                        other.hamtThreshold
                    )
                && hamtSizeEstimate == other.hamtSizeEstimate
        }
    }

    /// The options of a profile.
    package init(profile: ImportProfile) {
        self.init()
        let defaults = ImportDefaults(profile: profile)
        cidVersion = defaults.cidVersion == 1 ? .v1 : .v0
        rawLeaves = defaults.rawLeaves ?? false
        chunker = defaults.chunker
        maxFileLinks = defaults.fileMaxLinks
        hamtSizeEstimate = defaults.hamtSizeEstimate
    }
}
