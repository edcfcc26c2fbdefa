import Buffers
import Execution

/// The copies of a damaged database's logs, kept for a person who wants to look.
struct LogCopies {
    /// The database.
    let path: String
    /// When it was found damaged.
    let now: WallTime

    /// Copies the logs aside, unless a copy of the same is there already: whoever opens again and
    /// again must not fill the disk.
    ///
    /// - Returns: the folder with the copies.
    /// - Throws: when they cannot all be read and written. Then there is no new folder.
    func keep() throws(FileError) -> String {
        let logs = try Self.logs(in: path)
        let parent = File.folder(of: path)
        let prefix = path.dropFirst(parent.count + 1) + "-damaged-"
        let folders = try File.names(in: parent).filter { $0.hasPrefix(prefix) }
        for folder in folders.map({ parent + "/" + $0 }) where try holds(folder, logs) {
            return folder
        }
        let unfinished = path + "-damaged.new"
        if try File.exists(unfinished) { try File.removeTree(unfinished) }
        try File.makeFolder(unfinished)
        for log in logs { try copy("\(path)/\(log)", to: "\(unfinished)/\(log)") }
        try File.syncFolder(unfinished)
        var number = now.seconds
        while try File.exists("\(path)-damaged-\(number)") { number += 1 }
        try File.rename(unfinished, to: "\(path)-damaged-\(number)")
        return "\(path)-damaged-\(number)"
    }

    /// The names of a database's logs, the oldest first.
    static func logs(in path: String) throws(FileError) -> [String] {
        try File.names(in: path).filter { $0.hasSuffix(".log") }
    }

    private func holds(_ folder: String, _ logs: [String]) throws(FileError) -> Bool {
        guard try File.names(in: folder) == logs else { return false }
        for log in logs where try !isSame("\(path)/\(log)", "\(folder)/\(log)") { return false }
        return true
    }

    private func isSame(_ path: String, _ other: String) throws(FileError) -> Bool {
        let (first, second) = (try File(path, .read), try File(other, .read))
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
