package import Multiformats
package import UnixFS

/// One file, folder or symlink that an add has made.
package struct AddResult: Hashable, Sendable {
    /// Where it stands below the top of the add; no names for the wrapping folder, and for an entry
    /// that came without a name.
    package let path: EntryPath
    /// Whether the entry came without a name, so that its CID stands for it.
    package let isUnnamed: Bool
    /// The root of the entry.
    package let cid: CID
    /// Bytes of the entry's block and of everything below it, each block counted as often as it is
    /// linked. `add` prints it as `Size`.
    package let tsize: UInt64
    /// File bytes in a file; 0 for folders and symlinks.
    package let fileByteCount: UInt64
    /// Mode and time as they were stored with the entry.
    package let metadata: UnixFSMetadata
    /// Mode and time that came with the entry itself, stored or not.
    package let sent: UnixFSMetadata
    /// Whether it is a top of the add: one that is pinned and that nothing else of the add links to.
    package let isRoot: Bool
}

/// What an add reports while it runs.
package enum AddEvent: Sendable {
    /// Bytes of the file at that path which have been taken in so far.
    case progress(path: EntryPath, byteCount: UInt64)
    /// An entry is complete. Roots are reported only when everything is on disk and pinned.
    case added(AddResult)
}
