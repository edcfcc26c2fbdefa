import Buffers
import Execution

/// The damaged files of a database, kept beside it for a person who wants to look.
struct DamagedCopies {
    /// How a file is kept.
    enum Way {
        /// It is going to change.
        case copy
        /// It is going to be replaced by another file and does not change itself: a second name keeps it,
        /// and costs neither room nor time. Where the file system has none it is copied.
        case link
    }

    /// The database.
    let path: String
    /// When it was found damaged.
    let now: WallTime

    /// Keeps files, unless the same are kept already: whoever opens again and again must not fill
    /// the disk.
    ///
    /// - Parameters:
    ///   - names: of the files.
    ///   - way: how.
    /// - Returns: the folder in which they are.
    /// - Throws: when they cannot all be read and written. Then there is no new folder.
    func keep(_ names: [String], by way: Way) throws(FileError) -> String {
        let parent = File.folder(of: path)
        let prefix = path.dropFirst(parent.count + 1) + "-damaged-"
        let folders = try File.names(in: parent).filter { $0.hasPrefix(prefix) }
        for folder in folders.map({ parent + "/" + $0 }) where try holds(folder, names) {
            return folder
        }
        let unfinished = path + "-damaged.new"
        if try File.exists(unfinished) { try File.removeTree(unfinished) }
        try File.makeFolder(unfinished)
        for name in names { try keep("\(path)/\(name)", as: "\(unfinished)/\(name)", by: way) }
        try File.syncFolder(unfinished)
        let place = try newPlace()
        try File.rename(unfinished, to: place)
        return place
    }

    /// A place for what is kept where nothing is yet.
    func newPlace() throws(FileError) -> String {
        var number = now.seconds
        while try File.exists("\(path)-damaged-\(number)") { number += 1 }
        return "\(path)-damaged-\(number)"
    }

    private func keep(_ file: String, as name: String, by way: Way) throws(FileError) {
        guard way == .link else { return try copy(file, to: name) }
        do throws(FileError) {
            try File.link(file, to: name)
        } catch  where error.isWithoutLinks {
            try copy(file, to: name)
        }
    }

    private func holds(_ folder: String, _ names: [String]) throws(FileError) -> Bool {
        guard Set(names).isSubset(of: try File.names(in: folder)) else { return false }
        for name in names where try !isSame("\(path)/\(name)", "\(folder)/\(name)") {
            return false
        }
        return true
    }

    private func isSame(_ path: String, _ other: String) throws(FileError) -> Bool {
        let (first, second) = (try File(path, .read), try File(other, .read))
        let (status, otherStatus) = (try first.status(), try second.status())
        if (status.device, status.inode) == (otherStatus.device, otherStatus.inode) { return true }
        while true {
            let piece = try first.readFully(Self.pieceByteCount)
            guard try second.readFully(Self.pieceByteCount) == piece else { return false }
            if piece.isEmpty { return true }
        }
    }

    private func copy(_ path: String, to copy: String) throws(FileError) {
        let (source, target) = (try File(path, .read), try File(copy, .replace))
        while true {
            let piece = try source.readFully(Self.pieceByteCount)
            if piece.isEmpty { return try target.sync() }
            try target.write(piece)
        }
    }

    private static let pieceByteCount = 1 << 20
}
