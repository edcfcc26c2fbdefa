import Execution

/// Replaces damaged logs of a database by their whole records.
struct DatabaseLogCleaning {
    /// Of the database; nobody else has it.
    let path: String
    /// All of its logs, the oldest first.
    let logs: [DatabaseLogExtent]

    /// Replaces them, each in one step; when that returns, it is on disk.
    ///
    /// The last one comes first: as long as one is damaged, a crash leads to another repair. And a log in front of
    /// which changes are left out gets a record that is empty, with the number of the first of them: it would be taken
    /// for one of another state of the database (`ManifestCheck`), if the process ended before LevelDB has read it.
    func run() throws(FileError) {
        // What is synced does not matter for that.
        let check = ManifestCheck(
            path: path, manifest: try DatabaseManifest(of: path), isSynced: true)
        let gaps = check.gaps(in: logs)
        for log in logs.reversed() {
            let gap = gaps.first { $0.log.name == log.name }
            guard log.isDamaged || gap != nil else { continue }
            try clean("\(path)/\(log.name)", after: gap?.next)
        }
    }

    private func clean(_ path: String, after gap: UInt64?) throws(FileError) {
        let new = path + ".new"
        var reader = try DatabaseLogReader(path)
        var writer = try DatabaseLogWriter(new)
        if let gap { try writer.append(DatabaseLogExtent.emptyRecord(at: gap)) }
        while let record = try reader.next() { try writer.append(record) }
        try writer.sync()
        try File.rename(new, to: path)
        try File.syncFolder(File.folder(of: path))
    }
}
