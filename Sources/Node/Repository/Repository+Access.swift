import Execution

/// Who can change a repository: its owner alone. Whoever can rename what is in its folder has the
/// node's keys, its configuration, and the commands of everybody who uses it.
extension Repository {
    /// Closes the folder of a new repository to other users.
    ///
    /// - Throws: for a folder that is shared, or that belongs to another user; and for what others
    ///   have put into it meanwhile.
    static func close(home: String) throws {
        let status = try File.status(of: home, followingLinks: true)
        // In `/tmp` and its kin everybody makes files: closing it would shut them out.
        guard status.mode & 0o1000 == 0 else {
            throw RepositoryError(.open, "\(home) is shared with other users: \(ownFolder)")
        }
        if status.mode != 0o700 {
            do {
                try File.setPermissions(home, 0o700)
            } catch {
                throw RepositoryError(
                    .open, "\(home) cannot be closed to other users (\(error)): \(ownFolder)")
            }
        }
        try checkAccess(home: home)
    }

    /// Looks whether other users can change a repository.
    ///
    /// - Throws: a message with the command that closes it.
    static func checkAccess(home: String) throws {
        let folder = try File.status(of: home, followingLinks: true)
        // Root works on the repositories of others, who have its trust then.
        guard [0, ProcessSetup.userNumber].contains(folder.owner) || ProcessSetup.userNumber == 0
        else {
            throw RepositoryError(
                .open,
                "\(home) belongs to another user, who decides what the node is and does: name a folder "
                    + "of your own")
        }
        try checkMode(folder, home)
        // What is in a folder that they cannot enter is out of their reach, but for folders: one
        // that they had open before stays open.
        let isEntered = folder.mode & 0o011 != 0
        let owners: Set = [0, ProcessSetup.userNumber, folder.owner]
        for name in names {
            let path = home + "/" + name
            // A link itself: whoever made it has chosen what it leads to.
            guard let entry = try? File.status(of: path) else { continue }
            guard owners.contains(entry.owner) else {
                throw RepositoryError(
                    .open,
                    "\(path) belongs to another user: remove it if you do not know it, else run "
                        + "`chown --no-dereference $(id -u) \(path)`")
            }
            // It is emptied and written.
            guard name != "lock" || entry.kind == .file else {
                throw RepositoryError(.open, "\(path) is no plain file: remove it")
            }
            guard let status = try? File.status(of: path, followingLinks: true) else { continue }
            // What a link leads to is reached without the home.
            if isEntered || entry.kind != .file { try checkMode(status, path) }
        }
        try checkSecrecy(home: home, isEntered: isEntered)
    }

    /// Looks whether other users can read the private key.
    ///
    /// - Parameter isEntered: whether they can enter the home.
    private static func checkSecrecy(home: String, isEntered: Bool) throws {
        let path = home + "/keys/private-key"
        guard let key = try? File.status(of: path, followingLinks: true), key.mode & 0o077 != 0,
            isReached(home: home, isEntered: isEntered)
        else { return }
        let mode = String(key.mode & 0o777, radix: 8)
        throw RepositoryError(
            .open,
            "permissions 0\(mode) of \(path) are too open: other users can read the node's private key: "
                + "run `chmod 600 \(path)`")
    }

    /// Whether others come as far as the private key. A link's way does not lead through the folder that it
    /// stands in, and who may go the way of a link to the key itself is not looked for.
    private static func isReached(home: String, isEntered: Bool) -> Bool {
        func isLink(_ name: String) -> Bool {
            (try? File.status(of: home + name).kind) == .symbolicLink
        }
        if isLink("/keys/private-key") { return true }
        guard isEntered || isLink("/keys"),
            let keys = try? File.status(of: home + "/keys", followingLinks: true)
        else { return false }
        return keys.mode & 0o011 != 0
    }

    private static func checkMode(_ status: FileStatus, _ path: String) throws {
        guard status.mode & 0o022 != 0 else { return }
        throw RepositoryError(
            .open,
            "other users can write to \(path), and change what the node is and does: run "
                + "`chmod go-w \(path)`")
    }

    private static let ownFolder = "name a folder of its own, such as one in it"

    private static let names =
        folders.map(\.name) + [
            "config.json", "version", "lock", apiFile, gatewayFile, "keys/private-key",
            "keys/peer-id",
        ]
}
