import Buffers
import Execution
import Node

/// A file that is being written. What had its name stays until the new one is complete: an output
/// that is broken off destroys nothing, and leaves nothing that looks whole.
final class OutputFile {
    private struct Replacement {
        let folder: Folder
        let temporary: Bytes
        let name: Bytes
    }

    private let file: File
    /// Nil for a pipe or a device.
    private var replacement: Replacement?

    /// Writes to a pipe or a device.
    init(stream file: File) { self.file = file }

    /// Makes a file that gets its name when it is complete, and takes the place of what has it, a link
    /// included.
    init(replacing name: Bytes, in folder: Folder, permissions: UInt32) throws(FileError) {
        let temporary = Self.temporaryName(for: name)
        file = try folder.makeFile(temporary, permissions: permissions)
        replacement = Replacement(folder: folder, temporary: temporary, name: name)
    }

    /// Makes a symbolic link that takes the place of what has its name, if it can be made at all.
    ///
    /// - Parameter modified: the time of its last change; nil for now.
    static func makeLink(
        replacing name: Bytes, to target: Bytes, modified: WallTime?, in folder: Folder
    ) throws(FileError) {
        let temporary = temporaryName(for: name)
        try folder.makeLink(temporary, to: target)
        do throws(FileError) {
            if let modified { try folder.setModified(modified, of: temporary) }
            try folder.rename(temporary, to: name)
        } catch {
            try? folder.remove(temporary)
            throw error
        }
    }

    private static func temporaryName(for name: Bytes) -> Bytes {
        let end = RandomText.hexadecimal(byteCount: 8)
        return name.prefix(Limits.keptNameByteCount).appending(Bytes(utf8: ".part-" + end))
    }

    deinit {
        if let replacement { try? replacement.folder.remove(replacement.temporary) }
    }

    /// Opens the one file of an output that is not extracted.
    ///
    /// - Parameter path: where it goes.
    static func archive(at path: Bytes) throws -> OutputFile {
        let place = try OutputPlace(path)
        switch try place.standing() {
        case .stream: return OutputFile(stream: try place.openStream())
        case .folder: throw place.folderInTheWay
        case .file(let status):
            // As closed as the one that it replaces.
            return try OutputFile(
                replacing: place.name, in: place.parent, permissions: status.mode & 0o666)
        case .nothing, .link:
            return try OutputFile(replacing: place.name, in: place.parent, permissions: 0o666)
        }
    }

    /// Appends bytes.
    func write(_ bytes: Bytes) throws(FileError) { try file.write(bytes) }

    /// Completes it.
    ///
    /// - Parameter modified: the time of its last change; nil for now.
    func finish(modified: WallTime? = nil) throws(FileError) {
        if let modified, replacement != nil { try file.setModified(modified) }
        try file.finish()
        if let replacement {
            try replacement.folder.rename(replacement.temporary, to: replacement.name)
        }
        replacement = nil
    }
}
