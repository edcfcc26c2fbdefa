import Execution
import Glibc

/// What is in the folder of a database, found out before LevelDB looks.
///
/// LevelDB takes any error of its own look at `CURRENT` for "there is no database". It is never let
/// make one on its own account: it would delete the files of the one that is there. And it takes an
/// error while it lists the folder for the end of the list: logs that are not in it are not read, and
/// are deleted. The look here comes first, and an error ends it.
struct DatabaseFolder {
    /// The folder.
    let path: String

    /// Whether there is a database; false where none has ever been made, or a making was broken off.
    ///
    /// - Throws: `.inputOutput` when the system does not tell, `.missing` when there are files of a
    ///   database without `CURRENT`. Nothing is changed.
    func holdsDatabase() throws(DatabaseError) -> Bool {
        let names = try names()
        do throws(FileError) {
            _ = try File(path + "/CURRENT", .read)
            return true
        } catch  where error.number == ENOENT {
            guard names.allSatisfy(Self.making.contains) else {
                throw DatabaseError(
                    kind: .missing,
                    message: "\(path) holds files of a database, but \(error.description)")
            }
            return false
        } catch {
            throw DatabaseError(error)
        }
    }

    /// The error for a folder that should hold a database and holds nothing.
    var isEmpty: DatabaseError {
        DatabaseError(kind: .missing, message: "\(path) is not there, or nothing is in it")
    }

    /// Makes an empty database, unless there is one. When it returns, it is on disk.
    ///
    /// - Throws: as `holdsDatabase`, and what LevelDB says.
    func make(_ settings: DatabaseSettings) throws(DatabaseError) {
        if try holdsDatabase() { return }
        do throws(FileError) { try File.makeFolder(path) } catch { throw DatabaseError(error) }
        try LevelDatabase(path, settings, makesIfMissing: true).close()
        // LevelDB does not see to it that the name of `CURRENT` is there after a power cut.
        do throws(FileError) { try File.syncFolder(path) } catch { throw DatabaseError(error) }
    }

    /// The names of the database's logs, the oldest first.
    func logNames() throws(FileError) -> [String] {
        // By their numbers: the millionth has a digit more.
        try File.names(in: path).filter { $0.hasSuffix(".log") }
            .sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    }

    private func names() throws(DatabaseError) -> [String] {
        do throws(FileError) {
            return try File.names(in: path)
        } catch  where error.number == ENOENT {
            return []
        } catch {
            throw DatabaseError(error)
        }
    }

    /// What LevelDB makes before `CURRENT`, and what a file system of its own has in its root.
    private static let making: Set<String> = [
        "LOCK", "LOG", "LOG.old", "MANIFEST-000001", "000001.dbtmp", "lost+found",
    ]
}

extension DatabaseError {
    /// A call of our own for a database failed.
    init(_ error: FileError) { self.init(kind: .inputOutput, message: error.description) }
}
