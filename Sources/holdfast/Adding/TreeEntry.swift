import Buffers
import Execution

/// One thing that `add` sends: a file, a folder, a symbolic link, or standard input.
struct TreeEntry {
    /// What it is.
    enum Kind: Sendable {
        case file
        case folder
        case link(target: Bytes)
        case standardInput
        /// A named pipe that is an argument itself: read as standard input is.
        case pipe
    }

    let kind: Kind
    /// Where it is on the disk; the last name is that in its folder.
    let path: Bytes
    /// What it is called in the upload: `photos/a.jpg`.
    let name: Bytes
    /// What the system knows about it; nil for standard input.
    let status: FileStatus?
    /// The open folder that it was found in; nil for what is reached by its path: arguments, and
    /// everything where links are followed.
    let folder: Folder?
}
