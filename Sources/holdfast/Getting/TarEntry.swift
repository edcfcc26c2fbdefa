import Execution

/// One entry of a tar archive.
struct TarEntry: Hashable, Sendable {
    /// What it is.
    enum Kind: Hashable, Sendable {
        case file
        case folder
        case link(target: String)
    }

    let kind: Kind
    let name: String
    /// Bytes of content that follow.
    let byteCount: UInt64
    let mode: UInt32
    let modified: WallTime
}
