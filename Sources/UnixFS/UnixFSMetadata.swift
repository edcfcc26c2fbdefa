/// The optional mode and time of a file, directory or symlink.
package struct UnixFSMetadata: Hashable, Sendable {
    /// Permission bits, with setuid, setgid and sticky in 12 bits; nil or 0 is not stored.
    package var mode: UInt32?

    /// Time of the last change.
    package var mtime: ModificationTime?

    /// The bits of a mode that mean something.
    package static let modeMask: UInt32 = 0o7777

    /// No metadata unless given.
    package init(mode: UInt32? = nil, mtime: ModificationTime? = nil) {
        self.mode = mode
        self.mtime = mtime
    }

    /// Whether nothing would be stored.
    package var isEmpty: Bool { (mode ?? 0) == 0 && mtime == nil }
}
