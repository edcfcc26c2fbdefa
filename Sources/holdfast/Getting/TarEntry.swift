import Buffers
import Execution

/// One entry of a tar archive.
struct TarEntry: Hashable, Sendable {
    /// What it is.
    enum Kind: Hashable, Sendable {
        case file
        case folder
        case link(target: Bytes)
    }

    let kind: Kind
    /// The path as the archive has it; a folder's may end with a slash.
    let path: Bytes
    /// Bytes of content that follow.
    let byteCount: UInt64
    /// The low 12 bits.
    let mode: UInt32
    /// nil where the content has none, and a file has the time of its writing.
    let modified: WallTime?
}
