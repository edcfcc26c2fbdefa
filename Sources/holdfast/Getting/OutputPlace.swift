import Buffers
import Execution

/// Where an output goes: a name in an open folder.
///
/// The path is the user's own, so a link in its leading part is followed. What has the last name
/// may be a link that an earlier archive brought, and is never followed: an output would be written
/// to wherever a stranger has pointed it.
struct OutputPlace {
    /// What has the name already.
    enum Standing {
        case nothing
        case folder(Folder)
        case file(FileStatus)
        case link
        /// A pipe or a device: it is written to, and not replaced.
        case stream
    }

    let path: Bytes
    let name: Bytes
    /// The folder that the name is in; for a path such as `/` and `..` the folder that it means.
    let parent: Folder

    /// Opens the folder of an output.
    init(_ path: Bytes) throws(FileError) {
        self.path = path
        name = PathBytes.base(of: path)
        parent = try Folder(Self.isFolder(name) ? path : File.folder(of: path))
    }

    /// Looks at what has the name.
    func standing() throws(FileError) -> Standing {
        if Self.isFolder(name) { return .folder(parent) }
        if DescriptorPath.number(of: path) != nil { return .stream }
        guard let status = try parent.status(of: name) else { return .nothing }
        switch status.kind {
        case .folder: return .folder(try parent.folder(name))
        case .file: return .file(status)
        case .symbolicLink: return .link
        case .pipe, .other: return .stream
        }
    }

    /// Opens the pipe or the device for writing.
    func openStream() throws(FileError) -> File {
        guard let number = DescriptorPath.number(of: path) else {
            return try parent.openStream(name)
        }
        return try File(duplicating: number, name: path.displayText)
    }

    /// Whether an output goes to a pipe or a device, whose name is not to be changed.
    static func isStream(_ path: Bytes) -> Bool {
        guard case .stream? = try? OutputPlace(path).standing() else { return false }
        return true
    }

    /// The error for a folder that would be written through a link.
    var linkInTheWay: TarError {
        TarError(
            "\(shown) is a symbolic link, and nothing is written through one: remove it first, or "
                + "say with -o where to write")
    }

    /// The error for anything else that is no folder.
    var inTheWay: TarError {
        TarError(
            "\(shown) is in the way: it is not a folder; remove it first, or say with -o where to "
                + "write")
    }

    /// The error for a folder where a file should be.
    var folderInTheWay: TarError {
        TarError("\(shown) is a folder: say with -o which file to write")
    }

    private var shown: String { PrintableName.escaped(path.displayText) }

    /// Names that mean a folder, and no entry in one.
    private static func isFolder(_ name: Bytes) -> Bool {
        name == "." || name == ".." || name == "/"
    }
}
