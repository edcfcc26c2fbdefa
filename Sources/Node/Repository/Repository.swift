import BlockStore
import Buffers
import Execution

/// A repository on the disk: its folders, its version, and the lock that keeps a second process out.
///
/// - Spec: `Docs/formats/`; decision 13 says what is not opened.
package final class Repository: Sendable {
    /// The folder.
    package let home: String
    /// Held until it is closed.
    private let lock: File
    /// The file with the address, once there is one: it is locked as long as the address is this
    /// process's.
    private let address = Locked<File?>(nil)

    private init(home: String, lock: File) {
        self.home = home
        self.lock = lock
    }

    /// Where the repository is: what the option says, else `$HOLDFAST_HOME`, else `~/.holdfast`.
    ///
    /// - Parameters:
    ///   - option: from the command line.
    ///   - environment: of the process.
    /// - Returns: a path without a slash at its end.
    package static func home(option: String?, environment: [String: String]) -> String {
        let fallback = (environment["HOME"] ?? "") + "/.holdfast"
        var path = option ?? environment["HOLDFAST_HOME"] ?? ""
        if path.isEmpty { path = fallback }
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// Whether there is a repository.
    ///
    /// - Throws: when the system does not tell.
    package static func exists(home: String) throws -> Bool {
        try File.exists(home + "/version")
    }

    /// Makes a repository.
    ///
    /// - Parameter home: the folder; may be there, and a `config.json` in it is kept. It is closed to
    ///   other users.
    /// - Returns: the new identity.
    /// - Throws: `.exists` for one that is there, `.inUse` while another process makes it.
    package static func initialize(home: String) throws -> Identity {
        try checkAbsence(home: home)
        try File.makeFolder(home)
        try close(home: home)
        // Two at once would take each other's files for their own, and one would return an identity that
        // is not kept.
        let lock = try File(home + "/lock", .readWrite)
        defer { lock.close() }
        guard try takeLock(lock) else { throw inUse(home: home) }
        try checkAbsence(home: home)
        for (folder, mode) in folders {
            try File.makeFolder(home + "/" + folder, permissions: mode)
        }
        if try !File.exists(home + "/config.json") {
            try File.make(home + "/config.json", with: Bytes(utf8: "{}\n"))
        }
        // That of a making that was broken off is kept.
        let identity = try Identity.open(in: home)
        try BlockStore.make(BlockStoreOptions(folder: home))
        // Last: a repository that was made half has no version, and is made again.
        try File.make(home + "/version", with: Bytes(utf8: "\(Limits.repositoryVersion)\n"))
        return identity
    }

    /// Opens a repository and keeps other processes out of it.
    ///
    /// - Parameter home: the folder.
    /// - Throws: a message with the number of the process that has it open.
    package static func open(home: String) throws -> Repository {
        try checkVersion(home: home)
        try checkAccess(home: home)
        let lock = try File(home + "/lock", .readWrite)
        guard try takeLock(lock) else { throw inUse(home: home) }
        // Of a node that was killed. Whoever has its address now is not this repository's node.
        try removeAddresses(home: home)
        try lock.truncate(to: 0)
        try lock.write(Bytes(utf8: "\(ProcessSetup.processNumber)\n"))
        // Not the databases': one that is gone is to be missed.
        try File.makeFolder(home + "/spool")
        try File.makeFolder(home + "/keys")
        return Repository(home: home, lock: lock)
    }

    /// Gives the repository to other processes.
    package func close() {
        try? Self.removeAddresses(home: home)
        address.withLock { $0?.close() }
        lock.close()
    }

    private static func removeAddresses(home: String) throws {
        for path in [apiFile, gatewayFile].map({ home + "/" + $0 }) {
            do {
                try File.removeIfThere(path)
            } catch {
                guard try File.status(of: path).kind == .folder else { throw error }
                throw RepositoryError(
                    .damaged,
                    "\(path) is a folder, and a node writes its address there: move it elsewhere")
            }
        }
    }

    /// Writes down where the running node listens, for the command line and for scripts.
    ///
    /// - Parameters:
    ///   - api: the private listener as a multiaddr.
    ///   - gateway: the public listener as a URL.
    package func publish(api: String, gateway: String) throws {
        // Readable by the owner alone, like all that is in the folder.
        try File.replace(home + "/" + Self.gatewayFile, with: Bytes(utf8: gateway))
        let file = try File.replaceLocked(home + "/" + Self.apiFile, with: Bytes(utf8: api))
        address.withLock { $0 = file }
    }

    /// The address of the node that has the repository open, or nil if none has.
    ///
    /// - Throws: if other users could have written the address.
    package static func runningNodeAddress(home: String) throws -> String? {
        guard let text = try publishedAddress(home: home) else { return nil }
        try checkAccess(home: home)
        return text.split(whereSeparator: \.isNewline).first.map(String.init)
    }

    /// The number of the process that has the repository open, or nil if none has.
    package static func runningNodeProcess(home: String) throws -> Int32? {
        try publishedAddress(home: home) == nil ? nil : owner(home: home)
    }

    /// Looks for a node of an earlier build, which did not lock the address that it wrote: nothing may be
    /// sent there, because nobody knows whose it is by now.
    ///
    /// - Throws: `.inUse` with the way to stop it.
    package static func checkEarlierNode(home: String) throws {
        guard try File.exists(home + "/" + apiFile), try isInUse(home: home) else { return }
        try checkAccess(home: home)
        throw inUse(home: home)
    }

    /// The URL of the running node's gateway, or nil.
    package static func gatewayAddress(home: String) -> String? {
        try? contents(home + "/" + gatewayFile).utf8Text
    }

    private static func checkAbsence(home: String) throws {
        guard try exists(home: home) else { return }
        throw RepositoryError(
            .exists, "there is a repository in \(home) already: use it, or remove it first")
    }

    private static func checkVersion(home: String) throws {
        guard try exists(home: home) else {
            throw RepositoryError(
                .missing, "no repository found in \(home): run `holdfast init` first")
        }
        let text = try contents(home + "/version").utf8Text ?? ""
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let version = Int(digits), version > 0 else {
            throw RepositoryError(
                .damaged,
                "\(home)/version should hold a number: put \(Limits.repositoryVersion) into it if "
                    + "this is a repository of Holdfast")
        }
        guard version >= Limits.repositoryVersion else {
            throw RepositoryError(
                .olderVersion,
                "the repository in \(home) has version \(version), whose pins or counters this program cannot read: "
                    + "`holdfast dag export` its roots with the program that made it, and import them "
                    + "into a new one (`holdfast init` in another folder)")
        }
        guard version <= Limits.repositoryVersion else {
            throw RepositoryError(
                .newerVersion,
                "the repository in \(home) has version \(version), and this program knows versions "
                    + "up to \(Limits.repositoryVersion): use a newer holdfast (this is "
                    + "\(Version.current))")
        }
    }

    /// A node that stops gives the lock back a moment after its address: so a few tries.
    private static func takeLock(_ lock: File) throws(FileError) -> Bool {
        for _ in 0..<20 {
            if try lock.tryLock() { return true }
            _ = Pending<Void>().value(by: .after(.milliseconds(10)))
        }
        return false
    }

    /// What a node that lives has published.
    ///
    /// The lock of the file itself is asked, which nobody holds but who has written it. That of the
    /// repository proves nothing: the file of a node that was killed is still there when the next
    /// process takes that lock, and whoever listens at its address by then would get what is sent.
    private static func publishedAddress(home: String) throws -> String? {
        let path = home + "/" + apiFile
        guard try File.exists(path) else { return nil }
        do throws(FileError) {
            // Another thing is no node's, and goes when the repository is opened. Shared, so that commands
            // which look at the same time are no nodes to each other.
            guard let file = try openPlain(path), try !file.tryLock(.shared) else { return nil }
            return try file.readAll(limit: Limits.smallFileByteCountMax).utf8Text
        } catch  where error.isAbsence {
            return nil
        }
    }

    /// Asks shared, as for the address; who opens the repository at that moment tries again.
    private static func isInUse(home: String) throws(FileError) -> Bool {
        do throws(FileError) {
            guard let lock = try openPlain(home + "/lock") else { return false }
            return try !lock.tryLock(.shared)
        } catch  where error.isAbsence {
            return false
        }
    }

    private static func owner(home: String) -> Int32? {
        let text = try? contents(home + "/lock", limit: 64).utf8Text
        return text.flatMap { Int32($0.prefix { $0.isASCII && $0.isNumber }) }
    }

    private static func inUse(home: String) -> RepositoryError {
        let number = owner(home: home)
        let process = number.map { "process \($0)" } ?? "another process"
        let way = number.map { " (`kill \($0)`)" } ?? ""
        return RepositoryError(
            .inUse,
            "\(home) is in use by \(process): wait until it has ended, or stop it first\(way)")
    }

    static let apiFile = "api"
    static let gatewayFile = "gateway"
    static let folders: [(name: String, mode: UInt32)] = [
        ("blocks", 0o700), ("meta", 0o700), ("spool", 0o700), ("keys", 0o700),
    ]
}
