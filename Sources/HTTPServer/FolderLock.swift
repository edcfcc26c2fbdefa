import Execution

/// Keeps the nodes that use one folder for their sockets out of each other's way for a moment.
///
/// The lock is on the folder itself: a file for it would stay there. It is a courtesy among nodes. So
/// one that cannot be had, because the folder cannot be read or somebody holds it for long, holds up
/// nobody.
struct FolderLock {
    private let folder: File?

    /// Takes the lock, or goes without it after `Limits.folderLockDuration`.
    ///
    /// - Parameter path: of an entry of the folder.
    init(around path: String) {
        guard let folder = try? File(File.folder(of: path), .readAtOnce) else {
            self.folder = nil
            return
        }
        self.folder = folder
        let deadline = Deadline.after(Limits.folderLockDuration)
        let pause = Monitor(false)
        while (try? folder.tryLock()) == false, !deadline.hasPassed {
            _ = pause.wait(by: .after(Limits.folderLockPeriod)) { _ in Bool?.none }
        }
    }

    /// Lets others have it.
    func release() { folder?.close() }
}
